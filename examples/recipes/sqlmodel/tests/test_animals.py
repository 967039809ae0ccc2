from fastapi.testclient import TestClient
from sqlmodel import Session, select

from zoo.models import Animal, Enclosure


def test_animal_is_created(client: TestClient, db_session: Session, enclosure: Enclosure) -> None:
    response = client.post("/animals", json={"name": "Kea", "enclosure_id": enclosure.id})
    assert response.status_code == 201
    assert db_session.get_one(Animal, response.json()["id"]).enclosure is enclosure


def test_unknown_enclosure_is_refused(client: TestClient) -> None:
    response = client.post("/animals", json={"name": "Kea", "enclosure_id": 0})
    assert response.status_code == 404


def test_no_animals_at_first(db_session: Session) -> None:
    assert db_session.exec(select(Animal)).all() == []
