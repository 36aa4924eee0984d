"""Choosing a dataset, looking at it, and adding a new one."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from pages.entrance.visitor import most_upload, visitor
from pages.ui.compat import UploadedFile, forget_upload
from pages.ui.errors import errors_shown, safely, show_error
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

ADD = "add"  # in the address of a page: the form to add a dataset is open, with the source of this name
JOB = "job"  # in the address of the Datasets page: a job of these kinds
DATASET_JOBS = ("preview", "import", "version")

_CHOSEN = "chosen-dataset"
_KEPT = "kept-dataset"  # in the session, as the choice of a field is forgotten where the field is not drawn
_FILES = "files"  # among the values of a form: an uploaded folder
_OWN, _BUILT_IN = ":material/upload:", ":material/inventory_2:"  # before the title of a source
_EXAMPLES, _EXAMPLE_WIDTH = 6, 76  # pixels; they stand in one row beside the summary of a plan


def pick_dataset() -> Dataset | None:
    """Draw the choice of a dataset, with a few examples and a way to add one.

    Returns:
        The dataset chosen; None if there is none yet.
    """
    dataset = choose_dataset()
    if dataset is None:
        return None
    show_examples(dataset, _EXAMPLES, _EXAMPLE_WIDTH)
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.page_link(
            "datasets/page.py",
            label="All images, classes and checks",
            icon=":material/grid_view:",
            query_params={"dataset": dataset.id},
        )
        add_button("tertiary")
    return dataset


def choose_dataset() -> Dataset | None:
    """Draw the choice of a dataset; the form to add one where there is none yet, or where the address asks for it.

    Returns:
        The dataset chosen, which the page's address names; None if there is none yet.
    """
    datasets = {dataset.id: dataset for dataset in list_datasets()}
    if not datasets:
        st.info("There is no dataset on this machine yet. Add one.", icon=":material/photo_library:")
        _show_import_form()
        return None
    if ADD in st.query_params:
        _show_dialog()
    ids = list(datasets)
    asked = st.query_params.get("dataset", "")
    # Streamlit can bind a field to the address, but would write the title of the dataset there, and not its id.
    if asked in datasets:
        st.session_state[_CHOSEN] = asked
    elif st.session_state.get(_CHOSEN) not in datasets:
        kept = st.session_state.get(_KEPT, "")
        st.session_state[_CHOSEN] = kept if kept in datasets else ids[0]
    chosen = st.selectbox(
        "Dataset",
        ids,
        format_func=lambda id: _title(datasets[id]),
        help="Labeled images to learn from.",
        key=_CHOSEN,
        on_change=safely(_name_in_address),
    )
    st.session_state[_KEPT] = chosen
    return datasets[chosen]


def add_button(kind: Literal["secondary", "tertiary"] = "secondary") -> None:
    """Draw the button that opens the form to add a dataset.

    Args:
        kind: how it looks.
    """
    st.button("Add a dataset", icon=":material/add:", type=kind, on_click=safely(_open_dialog))


def go_to_job(run_id: str) -> None:
    """Go to the page of a job that looks at images, imports them or changes a dataset.

    Args:
        run_id: the job's id.
    """
    st.switch_page("datasets/page.py", query_params={JOB: run_id})


def _name_in_address() -> None:
    st.query_params["dataset"] = st.session_state[_CHOSEN]


def _open_dialog() -> None:
    st.query_params[ADD] = SOURCES[0].name


def _close_dialog() -> None:
    st.query_params.pop(ADD, None)


@st.dialog("Add a dataset", width="large", icon=":material/add_photo_alternate:", on_dismiss=safely(_close_dialog))
@errors_shown()
def _show_dialog() -> None:
    _show_import_form()


def _title(dataset: Dataset) -> str:
    about = f"{dataset.name} ({len(dataset):,} images, {len(dataset.classes):,} classes"
    change = change_sentence(dataset)
    if not change:
        return f"{about})"
    return f"{about}; {change.removesuffix('.')}, {dataset.created[:16].replace('T', ' ')} UTC)"


def _show_import_form() -> None:
    titles, names = [source.title for source in SOURCES], [source.name for source in SOURCES]
    asked = st.query_params.get(ADD)
    first = titles[names.index(asked) if asked in names else 0]
    chosen = st.pills(
        "Your own images, or a built-in dataset",
        titles,
        default=first,
        required=True,
        format_func=lambda title: f"{_OWN if SOURCES[titles.index(title)].is_own else _BUILT_IN} {title}",
        key="source",
    )
    source = SOURCES[titles.index(chosen or first)]
    st.caption(source.help)
    with st.form(f"import-{source.name}"):
        values: dict[str, object] = {}
        if source.packed_as:
            values[_FILES] = st.file_uploader(
                "Drop a folder here",
                accept_multiple_files="directory",
                help="A folder that holds one folder of images for each class.",
                key=f"{source.name}-{_FILES}",
                max_upload_size=most_upload(),
            )
        values |= {option.name: _ask(source, option) for option in source.options if not option.is_rare}
        name = st.text_input("Name", placeholder="What to call it", max_chars=200, key=f"dataset-name-{source.name}")
        rare = [option for option in source.options if option.is_rare]
        if rare:
            with st.expander("If it is not read right"):
                values |= {option.name: _ask(source, option) for option in rare}
        label, icon = ("Look at the images", ":material/visibility:") if source.is_own else ("Add", ":material/add:")
        if st.form_submit_button(label, icon=icon, type="primary"):
            _submit(source, values, name.strip())


def _submit(source: Source, values: dict[str, object], name: str) -> None:
    """Queue the job that looks at the images of a filled form, or imports them, and go to its page."""
    uploads = [value for value in values.values() if isinstance(value, UploadedFile)]
    folder = values.pop(_FILES, None)
    if isinstance(folder, list) and folder:
        uploads += folder
        name = name or folder[0].name.split("/")[0]
        source, values["path"] = SOURCES.find(source.packed_as), _packed(folder)
    try:
        options = source.parse({key: _given(value) for key, value in values.items() if value})
    except StudioError as error:
        show_error(error)
        return
    plain = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
    plan = {"source": source.name, "options": plain, "name": name or _uploaded_name(values)}
    for upload in uploads:
        forget_upload(upload)
    title = plan["name"] or source.title
    kind, what = ("preview", f"Look at: {title}") if source.is_own else ("import", f"Import: {title}")
    go_to_job(submit(kind, plan, what, owner=nickname()).id)


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
    title, help = option.title, option.help
    if option.type is Path:
        title = f"{title} on this machine"
        help = help if visitor().is_owner else f"{help}. {folders_sentence()}"
    return st.text_input(title, value=default, help=help, key=key)


def _given(value: object) -> object:
    """An option's value as the source wants it: of an uploaded file, where it was put."""
    if not isinstance(value, UploadedFile):
        return value
    content = value.getbuffer()
    path = uploads_folder() / hashlib.sha256(content).hexdigest()[:16] / safe_names([value.name])[0]
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def _packed(files: Sequence[UploadedFile]) -> Path:
    """An uploaded folder as one archive: its names stay names, and never become paths on this machine."""
    content = hashlib.sha256()
    for file in files:
        content.update(file.name.encode() + hashlib.sha256(file.getbuffer()).digest())
    path = uploads_folder() / content.hexdigest()[:16] / safe_names([f"{files[0].name.split('/')[0]}.zip"])[0]
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for file in files:
            archive.writestr(file.name, file.getbuffer().tobytes())
    return path


def _uploaded_name(values: dict[str, object]) -> str | None:
    """What an uploaded file was called, as the name of its dataset; None if nothing was uploaded."""
    names = [Path(value.name).stem.removesuffix(".tar") for value in values.values() if isinstance(value, UploadedFile)]
    return names[0] if names else None
