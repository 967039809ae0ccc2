"""Every animal lives in an enclosure."""

from sqlmodel import Field, Relationship, SQLModel


class Enclosure(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str


class NewAnimal(SQLModel):
    name: str
    enclosure_id: int = Field(foreign_key="enclosure.id")


class Animal(NewAnimal, table=True):
    id: int | None = Field(default=None, primary_key=True)
    enclosure: Enclosure = Relationship()
