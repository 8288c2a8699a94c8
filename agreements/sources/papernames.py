"""What papers call themselves within their own sentences: "this Agreement", "Thỏa thuận này". Pure.

Letters have lost their marks and their case here; blanks are bounded by `wording.rule`.
"""

from __future__ import annotations

PAPER = (
    r"(?:memorandum(?:\s+of\s+(?:understanding|cooperation|agreement))?|(?:framework\s+|cooperation\s+)?agreement|"
    r"arrangement|protocol|mou|loi|treaty|convention|action\s+plan|letter\s+of\s+intent)"
)
VAN_BAN = (
    r"(?:(?:bien\s+)?ban\s+ghi\s+nho|hiep\s+dinh(?:\s+khung)?|thoa\s+thuan(?:\s+(?:hop\s+tac|khung|ghi\s+nho))?|"
    r"nghi\s+dinh\s+thu|y\s+dinh\s+thu|ke\s+hoach\s+hanh\s+dong|hiep\s+uoc)"
)
THIS = rf"(?:\bthis\s+(?:present\s+)?{PAPER}|\b{VAN_BAN}\s+nay)\b"
