"""What the logs say, and what they keep to themselves."""

from __future__ import annotations

import pytest
import structlog

from loyalty import logs


def test_a_traceback_tells_where_but_not_about_whom(capsys: pytest.CaptureFixture[str]):
    logs.set_up()
    phone = "+989121234567"
    try:
        int(f"no number: {len(phone)}")
    except ValueError:
        structlog.get_logger().exception("sms.unsent", club=3)
    said = capsys.readouterr().err
    assert "sms.unsent" in said
    assert "club=3" in said
    assert "ValueError" in said
    assert phone not in said
