"""An address as a picture that a phone's camera opens."""

from __future__ import annotations

import segno
import streamlit as st


def show_qr_code(address: str) -> None:
    """Draw an address as a QR code, dark on white in both themes: not every camera reads the inverse.

    Args:
        address: of a page, with its scheme.
    """
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=3, light="white")
    st.html(f'<img src="{picture}" style="width: 12rem" alt="QR code of the address">')
