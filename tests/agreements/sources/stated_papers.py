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
# Each of these was once read wrongly.
DOUBTFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "two days in one sentence": ("Signed at Hanoi on 5 March 2025 and at Seoul on 9 March 2025.", {}),
    "two days in one sentence, in Vietnamese": (
        "Ký tại Hà Nội ngày 5 tháng 3 năm 2025 và tại Seoul ngày 9 tháng 3 năm 2025.", {},
    ),
    "two days over two lines": ("Ký tại Hà Nội, ngày 5 tháng 3 năm 2025\nvà tại Seoul, ngày 9 tháng 3 năm 2025.", {}),
    "two days, one year": ("DONE at Hanoi, on the 1st day of March and at Seoul on the 9th day of March 2025.", {}),
    "a day in figures beside another": ("Signed at Hanoi on 05/03/2025.\nSigned at Seoul on 9 March 2025.", {}),
    "the second day left blank": ("Signed at Hanoi on 5 March 2025 and at Seoul on ____ 2025.", {}),
    "the second day left blank below": ("Signed at Hanoi on 5 March 2025\nat Seoul on ____ 2025", {}),
    "a day that was read in pieces": ("Done at Hanoi on 1 2 March 2025 in English.", {}),
    "a day that was broken": (
        "Done at Hanoi, this twenty-\nfirst day of March two thousand and twenty-five, in English.", {},
    ),
    "a recital's bullet": (
        "Căn cứ:\n1. Hiệp định về hợp tác văn hóa\n   Ký tại Hà Nội ngày 20 tháng 6 năm 2010\n2. Đề nghị.", {},
    ),
    "a recital's bullet with a full stop": (
        "Căn cứ:\n1. Hiệp định về hợp tác văn hóa.\n   Ký tại Hà Nội ngày 20 tháng 6 năm 2010.\n2. Đề nghị.", {},
    ),
    "papers that guide us": (
        "Recalling two papers;\nSigned in Washington on 10 September 2023, these two papers guide us.", {},
    ),
    "an old agreement annexed to a draft": (
        "This MoU is a draft.\nDone at Hanoi on ___ 2025 in English.\nAn agreement of ours.\n"
        "Done at Paris on 3 May 2010 in French.", {},
    ),
    "an old agreement in an annex": (
        "Done at Hanoi on 12 March 2025 in English.\n\nANNEX 1\nDone at Paris on 3 May 2010 in French.",
        {**CLOSING, "authentic_languages": "en"},
    ),
    "an earlier agreement": ("This earlier agreement was signed at Paris on 27 January 1973.", {}),
    "a partnership": ("This comprehensive partnership was made in Hanoi on 25 July 2013.", {}),
    "a government that has signed by now": ("Chính phủ Việt Nam nay đã ký tại Paris ngày 3/5/2010.", {}),
    "chips that were shown": ("Made in Viet Nam, on 3 May 2024, the chips were shown.", {}),
    "a name between place and day": ("Ký tại Hà Nội\nTRƯỞNG ĐOÀN\nngày 12 tháng 3 năm 2025", {}),
    "a translation": (
        "Done at Hanoi on 12 March 2025.\nA courtesy translation in English without legal force.", CLOSING,
    ),
    "courses in a language": ("Done at Hanoi on 12 March 2025.\nThe courses will be taught in English.", CLOSING),
    "courses in two languages": (
        "Ký tại Hà Nội, ngày 12 tháng 3 năm 2025.\nCác lớp giảng dạy bằng tiếng Anh và tiếng Pháp.", HA_NOI,
    ),
    "an annex that is translated": (
        "Ký tại Hà Nội, ngày 12 tháng 3 năm 2025, thành hai bản tiếng Việt. Phụ lục kèm bản dịch bằng tiếng Anh.",
        {**HA_NOI, "authentic_languages": "vi"},
    ),
    "lines to sign on": (
        "Done at Hanoi on 12 March 2025 in 2 originals in English.\n\nFOR THE MINISTRY\n____________\nNam",
        {**CLOSING, "authentic_languages": "en"},
    ),
    "a clause that is amended": (
        "PROTOCOL\nArticle 1\nArticle 7 of the Agreement is amended to read as follows:\n"
        "This Agreement shall remain in force for ten years.", {},
    ),
    "a clause that is quoted": ("Article 7 reads: “This Agreement shall remain in force for ten years.”", {}),
    "years and months": ("Thỏa thuận này có hiệu lực trong thời hạn 2 năm 6 tháng.", {}),
    "years and months in words": ("This Agreement shall remain in force for two years and six months.", {}),
    "a word and a figure that differ": ("This Agreement shall remain in force for five (50) years.", {}),
    "visas": ("Visas issued under this Agreement shall be valid for 12 months.", {}),
    "licences": ("Under this Agreement the licences remain in force for 12 months.", {}),
    "annexes": ("The annexes to this Agreement are to be valid for 12 months.", {}),
    "licences in Vietnamese": ("Giấy phép cấp theo Thỏa thuận này có hiệu lực trong thời hạn 12 tháng.", {}),
    "licences over two lines": ("Giấy phép cấp theo\nThỏa thuận này có hiệu lực trong thời hạn 12 tháng.", {}),
    "data": ("Data given under this Agreement shall remain valid for 12 months.", {}),
    "after its end": ("Article 9 of this Agreement shall remain in force for five years after its termination.", {}),
    "this paper after its end": ("This Agreement shall remain in force for five years after its termination.", {}),
    "after its end in Vietnamese": ("Thỏa thuận này có hiệu lực trong 5 năm sau khi Hiệp định chấm dứt.", {}),
    "a notice that is valid": (
        "This Agreement shall remain in force until either Party gives notice, which is valid for six months.", {},
    ),
    "from the last signature": (
        "This Agreement is valid for two years from the date of the last signature.", {"term_months": "24"},
    ),
    "from the annex": (
        "This Agreement is valid for two years from the date of signing of the Annex.", {"term_months": "24"},
    ),
    "from the annex in Vietnamese": (
        "Thỏa thuận này có hiệu lực trong 2 năm kể từ ngày ký Phụ lục.", {"term_months": "24"},
    ),
    "it cannot be": ("This Agreement cannot be automatically renewed for successive periods of two years.", {}),
    "in no case": ("This Agreement shall in no case be automatically renewed for successive periods of a year.", {}),
    "it is not to be": ("This Agreement is not to be automatically renewed for successive periods of 2 years.", {}),
    "what neither intends": (
        "Neither Party intends that this Agreement be automatically renewed for successive periods of two years.", {},
    ),
    "there is no renewal": (
        "Thỏa thuận này có hiệu lực trong 2 năm. Không có việc Thỏa thuận này tự động gia hạn từng giai đoạn 02 năm.",
        {"term_months": "24"},
    ),
    "if both agree": (
        "This Agreement may be automatically renewed for successive periods of two years if both Parties agree in "
        "writing.", {},
    ),
    "upon consent": (
        "This Agreement shall be automatically renewed for successive periods of two years upon mutual written "
        "consent.", {},
    ),
    "once": ("This Agreement shall be automatically renewed for one further period of two years.", {}),
    "no more than once": (
        "This Agreement shall be automatically renewed for successive periods of two years, no more than once.", {},
    ),
    "once in Vietnamese": ("Thỏa thuận này sẽ tự động gia hạn thêm một lần 02 năm.", {}),
    "a project that goes on": (
        "Thỏa thuận này có hiệu lực trong 2 năm. Sau đó dự án được tự động gia hạn thêm từng giai đoạn 02 năm.",
        {"term_months": "24"},
    ),
    "a guarantee that runs out": (
        "Thỏa thuận này có hiệu lực trong 2 năm. Hết thời hạn bảo hành, thiết bị tự động gia hạn từng thời hạn 02 năm.",
        {"term_months": "24"},
    ),
    "a heading below": ("MEMORANDUM OF UNDERSTANDING ON TRAINING\nBACKGROUND\nThe Sides cooperate.", {
        "title_en": "MEMORANDUM OF UNDERSTANDING ON TRAINING", "kind": "mou", "paper_language": "en"}),
    "another heading below": ("MEMORANDUM OF UNDERSTANDING ON TRAINING\nFOREWORD\nThe Sides cooperate.", {
        "title_en": "MEMORANDUM OF UNDERSTANDING ON TRAINING", "kind": "mou", "paper_language": "en"}),
    "a day and a place below": ("MEMORANDUM OF UNDERSTANDING ON TRAINING\nHA NOI, 12 MARCH 2025\nArticle 1", {}),
    "a place below": ("MEMORANDUM OF UNDERSTANDING ON TRAINING\nHA NOI\nArticle 1", {}),
    "who speaks below": ("MEMORANDUM OF UNDERSTANDING ON TRAINING\nREPRESENTED BY MR NAM\nArticle 1", {
        "title_en": "MEMORANDUM OF UNDERSTANDING ON TRAINING", "kind": "mou", "paper_language": "en"}),
    "the sides below": (
        "MEMORANDUM OF UNDERSTANDING ON TRAINING\nTHE MINISTRY OF LIGHT\nAND\nTHE MINISTRY OF SHADE\nArticle 1", {},
    ),
    "a sentence about an agreement": ("Thỏa thuận đã ký năm 2019 với đối tác Nhật Bản\nĐiều 1. Hai bên hợp tác.", {}),
    "a sentence about an agreement, without a year": ("Thỏa thuận đã ký với đối tác Nhật Bản\nHai bên hợp tác.", {}),
    "a press release": (
        "The Ministry informs the press that its delegation has signed two papers in Tokyo this week.\n"
        "AGREEMENT ON TRAINING\nIt will help many.", {},
    ),
    "a note": ("NOTE FOR THE MINISTER\nAGREEMENT ON TRAINING\nWe propose that it be signed.", {}),
    "a table of contents": ("CONTENTS\nAGREEMENT ON TRAINING OF ENGINEERS\nACTION PLAN ON LIGHT\nArticle 1", {}),
    "a record of a meeting": ("BIÊN BẢN GHI NHỚ CUỘC HỌP\nĐiều 1. Hai bên đã họp.", {}),
    "a record of a meeting over two lines": ("BIÊN BẢN GHI NHỚ\nCUỘC HỌP GIỮA HAI BỘ\nĐiều 1. Hai bên đã họp.", {}),
}  # fmt: skip
PAPERS |= DOUBTFUL
