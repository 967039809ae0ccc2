"""The application: `uvicorn notes.main:app`."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from notes.database import get_session
from notes.models import Folder, Note

app = FastAPI(title="Notes")
Database = Annotated[AsyncSession, Depends(get_session)]


class NewNote(BaseModel):
    folder_id: int
    text: str


@app.post("/notes", status_code=201)
async def create_note(new: NewNote, session: Database) -> dict[str, int]:
    folder = await session.get(Folder, new.folder_id)
    if folder is None:
        raise HTTPException(404, f"no folder {new.folder_id}")
    note = Note(folder=folder, text=new.text)
    session.add(note)
    await session.commit()
    return {"id": note.id}
