from django.db import models
from django.utils import timezone


class Customer(models.Model):
    email = models.EmailField(unique=True)
    joined = models.DateTimeField(default=timezone.now)
    vip = models.BooleanField(default=False)

    def label(self) -> str:
        return f"{self.email}{'*' if self.vip else ''}"


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=10, default="new")

    def age(self) -> float:
        return (timezone.now() - self.customer.joined).total_seconds()  # flags: DBS001
