from django.db import models


class Parcel(models.Model):
    code = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default="new")
    changed = models.DateTimeField(auto_now=True)

    def late(self) -> bool:
        return self.state == "new"
