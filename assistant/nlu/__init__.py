"""How French is understood: Rasa graph components, one a file. What each gains is measured in docs/architecture.md."""
