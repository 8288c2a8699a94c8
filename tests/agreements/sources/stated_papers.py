"""Papers as they are written, with what is plain in each; what is not named here must not be proposed.

In our own words, after the forms that ministries, universities and associations use in both languages.
"""

from __future__ import annotations

from typing import Any

MOU_VI = """BẢN GHI NHỚ
VỀ HỢP TÁC ĐÀO TẠO
GIỮA
CHÍNH PHỦ VIỆT NAM
VÀ
CHÍNH PHỦ HOA KỲ
Căn cứ Hiệp định ký tại Paris ngày 27 tháng 1 năm 1973,
Điều 1. Mục đích
Hai bên hợp tác đào tạo kỹ sư.
Điều 7. Hiệu lực
Bản ghi nhớ này có hiệu lực kể từ ngày ký và có hiệu lực trong thời hạn 05 (năm) năm, và sẽ tự động gia hạn thêm từng
giai đoạn 02 năm tiếp theo.
Ký tại Hà Nội, ngày 12 tháng 3 năm 2025, thành hai bản, mỗi bản bằng tiếng Việt và tiếng Anh, các văn bản có giá trị như
nhau.
"""
MOU_EN = """MEMORANDUM OF UNDERSTANDING
BETWEEN
THE GOVERNMENT OF VIET NAM
AND
THE GOVERNMENT OF THE UNITED STATES
ON TRAINING
The Governments will cooperate on training.
Article 5
This Memorandum of Understanding shall enter into force on the date of signature and remain in force for a period of
five (5) years. It shall be automatically renewed for successive periods of two years unless either side notifies the
other.
Done at Hanoi on 12 March 2025 in duplicate in the Vietnamese and English languages, both texts being equally authentic.
"""
TITLE_VI = "BẢN GHI NHỚ VỀ HỢP TÁC ĐÀO TẠO GIỮA CHÍNH PHỦ VIỆT NAM VÀ CHÍNH PHỦ HOA KỲ"
TITLE_EN = (
    "MEMORANDUM OF UNDERSTANDING BETWEEN THE GOVERNMENT OF VIET NAM AND THE GOVERNMENT OF THE UNITED STATES ON TRAINING"
)
CLOSING = {"signed": "12/03/2025", "place": "Hanoi"}
HA_NOI = {"signed": "12/03/2025", "place": "Hà Nội"}

PAPERS: dict[str, tuple[str, dict[str, Any]]] = {
    "a memorandum in Vietnamese": (MOU_VI, {
        "title_vi": TITLE_VI, "kind": "mou", "paper_language": "vi", **HA_NOI, "authentic_languages": "vi, en",
        "term_months": "60", "renewal": "tacit", "renewal_months": "24", "party_0": "home", "party_1": "us",
    }),
    "a memorandum in English": (MOU_EN, {
        "title_en": TITLE_EN, "kind": "mou", "paper_language": "en", **CLOSING, "authentic_languages": "vi, en",
        "term_months": "60", "renewal": "tacit", "renewal_months": "24", "party_0": "home", "party_1": "us",
    }),
    "both texts in one file": (f"{MOU_VI}\f{MOU_EN}", {
        "title_vi": TITLE_VI, "title_en": TITLE_EN, "kind": "mou", **HA_NOI, "authentic_languages": "vi, en",
        "term_months": "60", "renewal": "tacit", "renewal_months": "24", "party_0": "home", "party_1": "us",
    }),
    "the brief's own example": (
        "Done at Hanoi on 12 March 2025 in duplicate in the Vietnamese and English languages",
        {**CLOSING, "authentic_languages": "vi, en"},
    ),
    "the same in Vietnamese": ("Ký tại Hà Nội, ngày 12 tháng 3 năm 2025", HA_NOI),
    "an American day": (
        "Signed in Washington, D.C., on September 10, 2023, in duplicate, in English.",
        {"signed": "10/09/2023", "place": "Washington, D.C.", "authentic_languages": "en"},
    ),
    "three languages, one of which prevails": (
        "DONE in two originals at Seoul, on this 5th day of June 2024, each in the Vietnamese, Korean and English "
        "languages, all texts being equally authentic. In case of divergence, the English text shall prevail.",
        {"signed": "05/06/2024", "place": "Seoul", "authentic_languages": "vi, ko, en"},
    ),
    "one text prevails, and none is called equal": (
        "Done at Seoul on 5 June 2024 in the Korean and English languages. The English text shall prevail.",
        {"signed": "05/06/2024", "place": "Seoul"},
    ),
    "the day before the place": (
        "Được ký ngày 5/9/2024 tại Tokyo, thành hai bản bằng tiếng Nhật và tiếng Anh.",
        {"signed": "05/09/2024", "place": "Tokyo", "authentic_languages": "ja, en"},
    ),
    "said of this paper within a sentence": (
        "Bản ghi nhớ này được ký tại Đà Nẵng vào ngày 08 tháng 01 năm 2024 thành bốn bản bằng tiếng Anh.",
        {"signed": "08/01/2024", "place": "Đà Nẵng", "authentic_languages": "en"},
    ),
    "spelt out": (
        "Done at Geneva on this twelfth day of March two thousand and twenty-five, in French and English.",
        {"signed": "12/03/2025", "place": "Geneva", "authentic_languages": "fr, en"},
    ),
    "a month by its Vietnamese name": (
        "Làm tại Viêng Chăn, ngày 20 tháng tư năm 2023, bằng các thứ tiếng Lào và tiếng Việt.",
        {"signed": "20/04/2023", "place": "Viêng Chăn", "authentic_languages": "lo, vi"},
    ),
    "a weekday before the day": ("Done at Hanoi, on Wednesday, 12 March 2025, in English.",
                                 {**CLOSING, "authentic_languages": "en"}),
    "a weekday that is another": ("Done at Hanoi, on Monday, 12 March 2025, in English.", {}),
    "a day left blank": ("Ký tại Hà Nội, ngày ... tháng ... năm 2025, thành hai bản.", {}),
    "a day left blank in English": ("Done at Hanoi on ___ March 2025 in two originals.", {}),
    "another paper's signing": (
        "Recalling the agreement signed at Paris on 27 January 1973, the Sides agree as follows.", {},
    ),
    "another paper's signing, at the beginning of a line": (
        "Căn cứ Hiệp định\nký tại Paris ngày 27 tháng 1 năm 1973, hai bên thỏa thuận như sau:", {},
    ),
    "signed on two days": (
        "Signed at Hanoi on 5 March 2025.\nSigned at Seoul on 9 March 2025.\nIn the English language.", {},
    ),
    "one day, two places": (
        "Signed at Hanoi on 5 March 2025.\nSigned at Seoul on 5 March 2025.", {"signed": "05/03/2025"},
    ),
    "the day of the letter only": ("Hà Nội, ngày 12 tháng 3 năm 2025\nKính gửi: Vụ Châu Mỹ", {}),
    "a day that there is not": ("Done at Hanoi on 31 February 2025.", {}),
    "a place within a clause": (
        "Done at the margins of the summit on 12 March 2025, in English.",
        {"signed": "12/03/2025", "authentic_languages": "en"},
    ),
    "a joint statement": (
        "Joint Statement on Semiconductors\nbetween Viet Nam and Japan\nBoth sides met in Tokyo on 3 May 2024.",
        {"title_en": "Joint Statement on Semiconductors between Viet Nam and Japan", "kind": "joint_statement",
         "paper_language": "en"},
    ),
    "capitals that the text takes back": (
        "KẾ HOẠCH HÀNH ĐỘNG VỀ ĐÀO TẠO KỸ SƯ\nĐiều 1. Hai bên cùng đào tạo các kỹ sư.",
        {"title_vi": "Kế hoạch hành động về đào tạo kỹ sư", "kind": "action_plan", "paper_language": "vi"},
    ),
    "a title that may go on in brackets": (
        "MEMORANDUM OF UNDERSTANDING ON TRAINING\n(2025 - 2030)\nArticle 1. The Sides cooperate.", {},
    ),
    "a title that goes on in another way": (
        "MEMORANDUM OF UNDERSTANDING ON TRAINING\nbetween the Institute of Light and another\nArticle 1", {},
    ),
    "a title whose line was broken anywhere": (
        "Joint Statement on Cooperation in Science\nTechnology and Skills between the two Ministers\nArticle 1.", {},
    ),
    "what it calls itself, and nothing more": ("MEMORANDUM OF UNDERSTANDING\nArticle 1\nThe Sides cooperate.", {}),
    "two titles of one language": (
        "LETTER OF INTENT ON TRAINING\n\nACTION PLAN ON TRAINING\nArticle 1. The Sides cooperate.", {},
    ),
    "a sentence that begins with its name": (
        "Memorandum of Understanding (hereinafter the MoU) has been prepared by the Sides.", {},
    ),
    "a term of the projects, not of the paper": (
        "Projects under way shall remain in force for a period of six months after this Agreement is terminated.", {},
    ),
    "secrecy outlives it": (
        "The confidentiality obligations of this Agreement shall remain in force for five years.", {},
    ),
    "two terms": (
        "This Agreement shall remain in force for five years.\n\nThis Agreement shall remain in force for 3 years.", {},
    ),
    "it does not renew": (
        "This Protocol shall remain in force for three years and shall not be automatically renewed for further "
        "periods of three years.", {"term_months": "36"},
    ),
    "the same again": (
        "This Agreement is valid for 36 months from the date of signature and shall be automatically extended for the "
        "same period.",
        {"term_months": "36", "term_from": "signing", "renewal": "tacit", "renewal_months": "36"},
    ),
    "a term in words": (
        "Thỏa thuận này có hiệu lực trong vòng ba năm kể từ ngày ký.", {"term_months": "36", "term_from": "signing"},
    ),
    "until somebody ends it": ("Thỏa thuận này có hiệu lực cho đến khi một bên chấm dứt.", {}),
    "sides that nobody knows": (
        "THỎA THUẬN HỢP TÁC GIỮA VIỆN NGHIÊN CỨU SAO HỎA VÀ HỌC VIỆN SAO KIM\nĐiều 1. Hai bên hợp tác.",
        {"title_vi": "THỎA THUẬN HỢP TÁC GIỮA VIỆN NGHIÊN CỨU SAO HỎA VÀ HỌC VIỆN SAO KIM", "paper_language": "vi"},
    ),
    "no paper at all": ("Báo cáo tuần: họp với đối tác ngày 3/5/2024, thống nhất gia hạn 2 năm.", {}),
    "an invitation to sign": (
        "We propose that the memorandum be signed in Hanoi on 12 March 2027 in the English language.", {},
    ),
}  # fmt: skip
