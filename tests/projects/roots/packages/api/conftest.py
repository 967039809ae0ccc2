import pytest


@pytest.fixture
def value(value):
    return value


@pytest.fixture
def prepared():
    pass
