"""Choosing a dataset, looking at it, and adding a new one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from pages.entrance.visitor import most_upload, visitor
from pages.ui.compat import UploadedFile, forget_upload
from pages.ui.errors import show_error
from pages.ui.owner import nickname
from pages.ui.photos import show_examples
from tlcore.access.folders import folders_sentence, uploads_folder
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.datasets.overview import change_sentence
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.sources.source import Option, Source
from tlcore.errors import StudioError
from tlcore.runs.client import submit
from tlcore.storage.files import replacing
from tlcore.storage.names import safe_names

_EXAMPLES, _EXAMPLE_WIDTH = 6, 76  # pixels; they stand in one row beside the summary of a plan
ADD = "add"  # names a source in the address of a page: its form is open


def pick_dataset() -> Dataset | None:
    """Draw the choice of a dataset, with a few examples and a form to add one.

    Returns:
        The dataset chosen; None if there is none yet.
    """
    dataset = choose_dataset()
    if dataset is not None:
        show_examples(dataset, _EXAMPLES, _EXAMPLE_WIDTH)
        st.page_link(
            "datasets/page.py",
            label="All images, classes and checks",
            icon=":material/grid_view:",
            query_params={"dataset": dataset.id},
        )
    return dataset


def choose_dataset() -> Dataset | None:
    """Draw the choice of a dataset, with a form to add one.

    Returns:
        The dataset chosen, by the page's address at first; None if there is none yet.
    """
    datasets = {dataset.id: dataset for dataset in list_datasets()}
    if datasets:
        preferred = st.query_params.get("dataset", "")
        ids = list(datasets)
        chosen = st.selectbox(
            "Dataset",
            ids,
            index=ids.index(preferred) if preferred in datasets else 0,
            format_func=lambda id: _title(datasets[id]),
            help="Labeled images to learn from.",
        )
    else:
        chosen = ""
        st.info("There is no dataset on this machine yet. Add one below.", icon=":material/photo_library:")
    with st.expander("Add a dataset", expanded=not datasets or ADD in st.query_params, icon=":material/add:"):
        _show_import_form()
    return datasets.get(chosen)


def _title(dataset: Dataset) -> str:
    change = change_sentence(dataset)
    version = f"; {change.removesuffix('.')}" if change else ""
    return f"{dataset.name} ({len(dataset):,} images, {len(dataset.classes):,} classes{version})"


def _show_import_form() -> None:
    titles, names = [source.title for source in SOURCES], [source.name for source in SOURCES]
    asked = st.query_params.get(ADD)
    index = names.index(asked) if asked in names else 0
    source = SOURCES[titles.index(st.selectbox("Source", titles, index, key="source"))]
    st.caption(source.help)
    with st.form(f"import-{source.name}"):
        values = {option.name: _ask(source, option) for option in source.options if not option.is_rare}
        name = st.text_input("Name", placeholder="What to call it", max_chars=200, key=f"dataset-name-{source.name}")
        rare = [option for option in source.options if option.is_rare]
        if rare:
            with st.expander("If it is not read right"):
                values |= {option.name: _ask(source, option) for option in rare}
        label, icon = ("Look at the images", ":material/visibility:") if source.is_own else ("Add", ":material/add:")
        if st.form_submit_button(label, icon=icon):
            try:
                options = source.parse({key: _given(value) for key, value in values.items() if value})
            except StudioError as error:
                show_error(error)
                return
            plain = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
            plan = {"source": source.name, "options": plain, "name": name.strip() or _uploaded_name(values)}
            for value in values.values():
                if isinstance(value, UploadedFile):
                    forget_upload(value)
            title = plan["name"] or source.title
            kind, what = ("preview", f"Look at: {title}") if source.is_own else ("import", f"Import: {title}")
            run = submit(kind, plan, what, owner=nickname())
            st.switch_page("train/page.py", query_params={"run": run.id})


def _ask(source: Source, option: Option) -> object:
    key = f"{source.name}-{option.name}"
    if option.choices:
        index = option.choices.index(option.default) if option.default in option.choices else 0
        return st.selectbox(
            option.title,
            option.choices,
            index=index,
            format_func=lambda choice: choice or "the first way that fits",
            help=option.help,
            key=key,
        )
    if option.type is bool:
        return st.checkbox(option.title, value=bool(option.default), help=option.help, key=key)
    if option.type in (int, float):
        least, most = (None if bound is None else option.type(bound) for bound in (option.least, option.most))
        value = option.default if isinstance(option.default, int | float) else None
        return st.number_input(option.title, least, most, value, help=option.help, key=key)
    if option.type is Path and source.upload is not None:
        endings = source.upload or None
        return st.file_uploader(option.title, endings, help=option.help, key=key, max_upload_size=most_upload())
    default = "" if option.default is None else str(option.default)
    help = option.help
    if option.type is Path and not visitor().is_owner:
        help = f"{help}. {folders_sentence()}"
    return st.text_input(option.title, value=default, help=help, key=key)


def _given(value: object) -> object:
    """An option's value as the source wants it: of an uploaded file, where it was put."""
    if not isinstance(value, UploadedFile):
        return value
    content = value.getbuffer()
    path = uploads_folder() / hashlib.sha256(content).hexdigest()[:16] / safe_names([value.name])[0]
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def _uploaded_name(values: dict[str, object]) -> str | None:
    """What an uploaded file was called, as the name of its dataset; None if nothing was uploaded."""
    names = [Path(value.name).stem.removesuffix(".tar") for value in values.values() if isinstance(value, UploadedFile)]
    return names[0] if names else None
