"""The application: `uvicorn zoo.main:app`."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Session

from zoo.database import get_session
from zoo.models import Animal, Enclosure, NewAnimal

app = FastAPI(title="Zoo")


@app.post("/animals", status_code=201)
def create_animal(new: NewAnimal, session: Annotated[Session, Depends(get_session)]) -> Animal:
    if session.get(Enclosure, new.enclosure_id) is None:
        raise HTTPException(404, f"no enclosure {new.enclosure_id}")
    animal = Animal.model_validate(new)
    session.add(animal)
    session.commit()
    session.refresh(animal)
    return animal
