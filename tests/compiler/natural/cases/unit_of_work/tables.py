from sqlalchemy import Column, Integer, Boolean, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()
SessionFactory = sessionmaker(create_engine("sqlite:///bank.db"))


class Account(Base):
    __tablename__ = "accounts"
    id = Column(Integer, primary_key=True)
    balance = Column(Integer, default=0)
    frozen = Column(Boolean, default=False)

    def can_pay(self, cents: int) -> bool:
        return not self.frozen and self.balance >= cents
