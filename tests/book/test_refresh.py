"""A notebook is stripped to its source and its checked text outputs."""

from __future__ import annotations

import refresh
from nbformat.v4 import new_code_cell, new_notebook, new_output

TEXT_AND_PICTURE = {"text/plain": "<Figure>", "text/html": "<p>", "image/png": "AAAA"}


def run(*tags: str) -> dict:
    outputs = [
        new_output("stream", name="stderr", text="noise"),
        new_output("stream", name="stdout", text="42"),
        new_output("execute_result", data=TEXT_AND_PICTURE, execution_count=3),
        new_output("display_data", data={"image/png": "AAAA"}),
    ]
    metadata = {"tags": ["hide-input", *tags], "collapsed": True}
    return new_code_cell("42", outputs=outputs, execution_count=3, metadata=metadata)


def test_clean_keeps_text_of_checked_cells_alone():
    notebook = new_notebook(
        cells=[run(refresh.CHECKED), run()],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python", "version": "3.12.1"},
            "widgets": {"state": {}},
        },
    )
    refresh.clean(notebook)
    checked, unchecked = notebook.cells
    assert [output.output_type for output in checked.outputs] == ["stream", "execute_result"]
    assert checked.outputs[1].data == {"text/plain": "<Figure>"}
    assert unchecked.outputs == []
    for cell in notebook.cells:
        assert cell.execution_count is None
        assert cell.metadata.keys() == {"tags"}
    assert [cell.metadata.tags for cell in notebook.cells] == [
        ["hide-input", refresh.CHECKED],
        ["hide-input"],
    ]
    assert notebook.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
