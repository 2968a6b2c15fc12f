"""PIX codes as the stand-ins give them out: EMV fields, closed by their checksum."""

import binascii


def br_code(txid: str, amount: int) -> str:
    """A code that asks for `amount` centavos."""
    account = _field("00", "br.gov.bcb.pix") + _field("25", f"pix.example/qr/v2/{txid}")
    text = (
        _field("00", "01")
        + _field("01", "12")
        + _field("26", account)
        + _field("52", "0000")
        + _field("53", "986")
        + _field("54", f"{amount // 100}.{amount % 100:02}")
        + _field("58", "BR")
        + _field("59", "RESERVE")
        + _field("60", "URUBICI")
        + _field("62", _field("05", "***"))
        + "6304"
    )
    return f"{text}{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"
