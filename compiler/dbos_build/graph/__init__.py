"""Pictures of workflows: their durable operations, drawn, or as text that other tools draw.

In: the flow of a workflow, and where each of its nodes is written. Out: the text of an SVG,
Mermaid, DOT or JSON document, the same for the same flow. Never: reads or writes a file, refers to
anything outside the picture but the sources, or lets text from user code become markup.
"""
