"""What the columns and values of SIPRI's trade register mean here: each is listed."""

from __future__ import annotations

COLUMNS = (
    "Recipient",
    "Supplier",
    "Year of order",
    "Year of order?",
    "Number ordered",
    "Number ordered?",
    "Weapon designation",
    "Weapon description",
    "Number delivered",
    "Number delivered?",
    "Year(s) of delivery",
    "status",
    "Comments",
    "SIPRI TIV per unit",
    "SIPRI TIV for total order",
    "SIPRI TIV of delivered weapons",
)
"""The three columns without a name hold "?" where SIPRI is uncertain of the one before; they get its name and a "?"."""

FLAGS = {"?": "uncertain"}
"""Values of the columns without a name; empty means that SIPRI marks no doubt."""

CONDITIONS = frozenset({"New", "Second hand", "Second hand but modernized"})

_NO_CODE = "no code in ISO 3166-1"
_PAST = "a state that no longer exists"
_PARTLY = "one of several that claimed to govern"
_ARMED_GROUP = "an armed group, party or movement"
_ORGANISATION = "an international organisation"
_UNKNOWN = "SIPRI does not know"

NO_COUNTRIES = {
    **dict.fromkeys(("Kosovo", "Northern Cyprus"), _NO_CODE),
    **dict.fromkeys(
        (
            "Biafra", "Czechoslovakia", "East Germany (GDR)", "Katanga", "North Yemen", "South Vietnam", "South Yemen",
            "Soviet Union", "Yemen Arab Republic (North Yemen)", "Yugoslavia",
        ),
        _PAST,
    ),
    **dict.fromkeys(("Libya GNC", "Libya HoR*", "NTC (Libya)*", "Northern Alliance (Afghanistan)*"), _PARTLY),
    **dict.fromkeys(
        (
            "ANC (South Africa)*", "Amal (Lebanon)*", "Anti-Castro rebels (Cuba)*", "Armas (Guatemala)*",
            "Contras (Nicaragua)*", "Darfur rebels (Sudan)*", "ELF (Ethiopia)*", "EPLF (Ethiopia)*", "FAN (Chad)*",
            "FMLN (El Salvador)*", "FNLA (Angola)*", "FRELIMO (Portugal)*", "GUNT (Chad)*", "Haiti rebels*",
            "Hamas (Palestine)*", "Hezbollah (Lebanon)*", "Houthi rebels (Yemen)*", "Indonesia rebels*",
            "Khmer Rouge (Cambodia)*", "Kurdistan Regional Government (Iraq)*", "LF (Lebanon)*", "LRA (Uganda)*",
            "LTTE (Sri Lanka)*", "Lebanon Palestinian rebels*", "MNLF (Philippines)*", "MPLA (Portugal)*",
            "MTA (Myanmar)*", "Mujahedin (Afghanistan)*", "NLA (Macedonia)*", "PAIGC (Portugal)*",
            "PIJ (Israel/Palestine)*", "PKK (Turkiye)*", "PLO (Israel)*", "PRC (Israel/Palestine)*",
            "Pathet Lao (Laos)*", "Provisional IRA (UK)*", "RPF (Rwanda)*", "RUF (Sierra Leone)*", "SLA (Lebanon)*",
            "SNA (Somalia)*", "SPLA (Sudan)*", "Southern rebels (Yemen)*", "Syria rebels*", "UIC (Somalia)*",
            "UNITA (Angola)*", "Ukraine Rebels*", "United Wa State (Myanmar)*", "Viet Cong (South Vietnam)*",
            "Viet Minh (France)*", "ZAPU (Zimbabwe)*", "unknown rebel group*",
        ),
        _ARMED_GROUP,
    ),
    **dict.fromkeys(
        ("African Union**", "European Union**", "NATO**", "OSCE**", "Regional Security System**", "United Nations**"),
        _ORGANISATION,
    ),
    **dict.fromkeys(("unknown recipient(s)", "unknown supplier(s)"), _UNKNOWN),
}  # fmt: skip
"""Recipients and suppliers that stand for no country of today -> why; they have no code, their name is kept."""

MUNITIONS = frozenset({
    "ABM missile", "ASM", "BVRAAM", "BVRAAM/SAM", "SAM", "SAM/ABM", "SRAAM", "SSM", "SSM/ASM", "SSM/anti-ship missile",
    "anti-radar missile", "anti-radar missile/ASM", "anti-ship missile", "anti-ship missile/ASM",
    "anti-ship missile/ASM/SAM", "anti-ship missile/SSM", "anti-ship/anti-radar missile",
    "anti-ship/land-attack missile", "anti-tank missile", "anti-tank missile/ASM", "guided bomb", "guided glide bomb",
    "guided rocket", "guided rocket/ASM", "guided rocket/SSM", "guided shell", "land-attack missile",
    "loitering munition", "portable SAM",
})  # fmt: skip
"""Descriptions of munitions. Only such rows are looked up in the reference list: vehicles and systems share names with
munitions, so that the South African vehicle Maverick would pass for the missile."""

NOT_THAT_WEAPON = {
    ("Javelin", "portable SAM", None): "a British anti-air missile; the reference list's Javelin is the FGM-148",
    ("Paveway", "guided bomb", "United Kingdom"): "may be the Paveway IV, which is made in the United Kingdom",
}
"""(designation, description, supplier or None for any) of munitions that only share a name with one of the reference
list -> why."""
