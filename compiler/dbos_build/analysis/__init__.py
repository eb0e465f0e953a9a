"""Analysis: what is declared, what each durable function reaches, and the program that holds it."""
