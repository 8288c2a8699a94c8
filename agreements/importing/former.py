"""What places were called, and what follows them: for lists of old papers. Data; how a place is called is no claim.

A name with several successors is asked back: a list cannot know which of them is meant.
"""

from __future__ import annotations

from collections.abc import Mapping

# Names in Vietnamese, English and other languages, and codes of ISO 3166 that were taken back; then their successors.
_FORMER = {
    "Soviet Union|USSR|U.S.S.R.|Union of Soviet Socialist Republics|Liên Xô|Liên bang Xô viết|URSS|SU|SUN": "RU",
    "Burma|Union of Burma|Miến Điện|BU": "MM",
    "Zaire|Zaïre|ZR|Congo-Kinshasa|Belgian Congo": "CD",
    "Congo-Brazzaville": "CG",
    "Ceylon|Tích Lan": "LK",
    "Siam|Xiêm": "TH",
    "Persia|Ba Tư": "IR",
    "Kampuchea|Khmer Republic|People's Republic of Kampuchea|Campuchia Dân chủ": "KH",
    "East Germany|German Democratic Republic|GDR|DDR|Cộng hòa Dân chủ Đức|CHDC Đức|Đông Đức|DD": "DE",
    "West Germany|Federal Republic of Germany|FRG|Cộng hòa Liên bang Đức|CHLB Đức|Tây Đức": "DE",
    "Swaziland|Xoa-di-len": "SZ",
    "Macedonia|FYROM|Former Yugoslav Republic of Macedonia": "MK",
    "Upper Volta|Thượng Vôn-ta": "BF",
    "Dahomey": "BJ",
    "Rhodesia|Southern Rhodesia": "ZW",
    "Northern Rhodesia": "ZM",
    "Nyasaland": "MW",
    "Gold Coast": "GH",
    "Tanganyika|Zanzibar": "TZ",
    "Bechuanaland": "BW",
    "Basutoland": "LS",
    "Abyssinia": "ET",
    "East Pakistan": "BD",
    "British Honduras": "BZ",
    "Dutch East Indies|Netherlands East Indies": "ID",
    "Malaya|Federation of Malaya": "MY",
    "New Hebrides": "VU",
    "Gilbert Islands": "KI",
    "Ellice Islands": "TV",
    "Byelorussia|Byelorussian SSR|Bê-la-rút": "BY",
    "Ukrainian SSR": "UA",
    "Moldavia": "MD",
    "Kirghizia": "KG",
    "Cape Verde": "CV",
    "Ivory Coast|Bờ Biển Ngà": "CI",
    "East Timor|Đông Timor|TP": "TL",
    "Turkey|Thổ Nhĩ Kỳ": "TR",
    "Czech Republic": "CZ",
    "United Arab Republic": "EG",
    "North Yemen|South Yemen|Yemen Arab Republic|People's Democratic Republic of Yemen|YD": "YE",
    "Democratic Republic of Viet Nam|North Vietnam|Việt Nam Dân chủ Cộng hòa|VNDCCH|VD": "VN",
    "Western Samoa": "WS",
    "Serbia and Montenegro|Federal Republic of Yugoslavia|CS|SCG": "RS ME",
    "Yugoslavia|SFR Yugoslavia|Nam Tư|YU|YUG": "RS HR SI BA MK ME",
    "Czechoslovakia|Tiệp Khắc|CSSR|ČSSR|CSHH": "CZ SK",
    "Netherlands Antilles|AN": "CW SX BQ",
    "Austria-Hungary|Áo-Hung": "AT HU",
}
# Names in use that neither the register nor the CLDR has.
_ALSO = {
    "USA|U.S.A.|U.S.|US|United States of America|America|Mỹ|Hoa Kỳ|Hợp chủng quốc Hoa Kỳ": "US",
    "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Anh|Anh quốc|Vương quốc Anh": "GB",
    "Korea|South Korea|Republic of Korea|ROK|Hàn Quốc|Nam Triều Tiên|Đại Hàn Dân Quốc": "KR",
    "North Korea|DPRK|Triều Tiên|CHDCND Triều Tiên|Democratic People's Republic of Korea": "KP",
    "PRC|China|People's Republic of China|Trung Quốc|CHND Trung Hoa|Mainland China": "CN",
    "Russia|Russian Federation|Nga|Liên bang Nga|LB Nga": "RU",
    "Lao PDR|Lao|Laos|Lào|CHDCND Lào|Lao People's Democratic Republic": "LA",
    "Taiwan|Chinese Taipei|Đài Loan": "TW",
    "Hong Kong|Hongkong|Hồng Kông|Hong Kong SAR": "HK",
    "Macau|Macao|Ma Cao": "MO",
    "Viet Nam|Vietnam|Việt Nam|VN|SRV|CHXHCN Việt Nam|Socialist Republic of Viet Nam": "VN",
    "Holland|The Netherlands|Hà Lan": "NL",
    "UAE|U.A.E.|Emirates": "AE",
    "EU|European Union|Liên minh châu Âu|European Community|EC|EEC|Cộng đồng châu Âu": "EU",
    "Australia|Úc|Ôxtrâylia": "AU",
    "Italy|Ý": "IT",
    "India|Ấn Độ": "IN",
    "Iran|Islamic Republic of Iran": "IR",
    "Syria|Syrian Arab Republic": "SY",
    "Bolivia|Plurinational State of Bolivia": "BO",
    "Venezuela|Bolivarian Republic of Venezuela": "VE",
    "Tanzania|United Republic of Tanzania": "TZ",
    "Moldova|Republic of Moldova": "MD",
    "Brunei|Brunei Darussalam": "BN",
    "Micronesia|Federated States of Micronesia": "FM",
    "Vatican|Holy See|Tòa thánh": "VA",
    "Palestine|State of Palestine": "PS",
    "DR Congo|DRC|Democratic Republic of the Congo": "CD",
    "Republic of the Congo": "CG",
    "The Gambia": "GM",
    "The Bahamas": "BS",
    "Slovak Republic": "SK",
    "Kyrgyz Republic": "KG",
    "Hellenic Republic": "GR",
    "Swiss Confederation": "CH",
}


def _each(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(codes.split()) for said, codes in names.items() for name in said.split("|")}


FORMER, ALSO = _each(_FORMER), _each(_ALSO)
