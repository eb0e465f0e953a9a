from . import tax_rule


@tax_rule("DE")
def vat(net: int, customer_kind: str) -> int:
    return 0 if customer_kind == "business" else net * 19 // 100
