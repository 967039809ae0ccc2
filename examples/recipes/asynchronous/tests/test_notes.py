from httpx import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from notes.models import Folder, Note


async def test_note_is_created(client: AsyncClient, db_session: AsyncSession, folder: Folder) -> None:
    response = await client.post("/notes", json={"folder_id": folder.id, "text": "Call back"})
    assert response.status_code == 201
    note = await db_session.get_one(Note, response.json()["id"])
    assert note.folder is folder


async def test_unknown_folder_is_refused(client: AsyncClient) -> None:
    response = await client.post("/notes", json={"folder_id": 0, "text": "Call back"})
    assert response.status_code == 404


async def test_no_notes_at_first(db_session: AsyncSession) -> None:
    assert await db_session.scalar(select(func.count()).select_from(Note)) == 0
