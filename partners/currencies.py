"""Currencies of ISO 4217 and how many decimals each has. Pure.

The codes are those of the CLDR, which has those of past papers too. Its numbers of decimals are how prices are shown
(LAK and MMK have none there), so the minor units are those of the standard.
"""

from __future__ import annotations

from babel.numbers import list_currencies

USUAL = 2
_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_PLACES = {code: places for places, codes in _MINOR_UNITS.items() for code in codes.split()}
# Codes of the standard that stand for no money: none, tests, metals, units of the bond markets.
NO_MONEY = frozenset("XXX XTS XAU XAG XPD XPT XBA XBB XBC XBD".split())  # noqa: SIM905  (as the table above)


def is_currency(code: str) -> bool:
    return code in list_currencies() and code not in NO_MONEY


def places(code: str) -> int:
    """The decimals of a currency."""
    return _PLACES.get(code, USUAL)
