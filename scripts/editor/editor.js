// The code editor: a CodeMirror 6 beside each <textarea data-editor="python|shell|json">, which keeps the value and is what the form sends.
// In a shadow root, so that its styles are adopted sheets: the page's Content-Security-Policy allows no style elements.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const languages = { python, json, shell: () => StreamLanguage.define(shell) };

// The page's own colours, light and dark under one name.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--c-accent)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--c-success)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--c-info)" },
  { tag: [tags.comment, tags.meta], color: "var(--c-muted)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.className, tags.typeName], color: "var(--c-running)" },
  { tag: [tags.propertyName, tags.attributeName, tags.standard(tags.variableName)], color: "var(--c-info)" },
  { tag: tags.invalid, color: "var(--c-danger)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--c-text)", backgroundColor: "var(--c-surface)", fontSize: "13px", border: "1px solid var(--c-line-strong)", borderRadius: "6px" },
  "&.cm-focused": { outline: "2px solid var(--c-accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px", maxHeight: "70vh", borderRadius: "6px" },
  ".cm-content, .cm-gutter": { minHeight: "var(--editor-height)" },
  ".cm-content": { caretColor: "var(--c-accent)", padding: "6px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--c-accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--c-accent) 28%, transparent)",
  },
  ".cm-gutters": { backgroundColor: "var(--c-sunken)", color: "var(--c-muted)", borderRight: "1px solid var(--c-line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--c-hover) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--c-hover)", color: "var(--c-text)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--c-accent-soft)", outline: "1px solid var(--c-accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--c-accent-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--c-warning-soft)", outline: "1px solid var(--c-warning)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--c-raised)", color: "var(--c-text)", border: "1px solid var(--c-line)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--c-accent)", color: "var(--c-on-accent)" },
  ".cm-textfield": { backgroundColor: "var(--c-surface)", color: "var(--c-text)", border: "1px solid var(--c-line-strong)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--c-surface)", color: "var(--c-text)", border: "1px solid var(--c-line-strong)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--c-danger)" },
});

const HINT = "Tab indents; Escape, then Tab leaves the editor.";

/** Marks the lines that the last run complained of: [{line, message}]. */
function mark(view, text) {
  let found = [];
  try {
    found = JSON.parse(text || "[]");
  } catch {
    return;
  }
  const diagnostics = found
    .filter(({ line }) => line >= 1 && line <= view.state.doc.lines)
    .map(({ line, message }) => {
      const at = view.state.doc.line(line);
      const indent = at.text.length - at.text.trimStart().length;
      return { from: at.from + indent, to: at.to, severity: "error", message };
    });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

function attach(area) {
  if (area.dataset.editorReady) return;
  area.dataset.editorReady = "true";
  const language = languages[area.dataset.editor];
  const host = document.createElement("div");
  host.className = "code-editor";
  host.dataset.for = area.id;
  const root = host.attachShadow({ mode: "open" });
  let silent = false;
  const label = area.labels?.[0]?.firstChild?.textContent?.trim() || area.getAttribute("aria-label") || "Code";
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        indentUnit.of(area.dataset.editor === "json" ? "  " : "    "),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ activateOnTyping: area.dataset.editor === "python" }),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        syntaxHighlighting(colours),
        look,
        language ? language() : [],
        // Tab indents; Escape, then Tab leaves.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-multiline": "true",
          "aria-description": HINT,
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || silent) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  const hint = document.createElement("div");
  hint.textContent = HINT;
  hint.setAttribute("aria-hidden", "true");
  hint.style.cssText = "margin-top:4px;font-size:12px;line-height:16px;color:var(--c-muted)";
  root.append(hint);
  host.style.setProperty("--editor-height", `${Math.max(4, Number(area.rows) || 8) * 20}px`);
  area.classList.add("code-editor-behind");
  area.tabIndex = -1;
  area.setAttribute("aria-hidden", "true");
  area.after(host);
  const follow = () => {
    if (area.value === view.state.doc.toString()) return;
    silent = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
    silent = false;
  };
  area.addEventListener("input", follow);
  area.addEventListener("change", follow);
  for (const word of area.labels ?? []) {
    word.addEventListener("click", (event) => {
      event.preventDefault();
      view.focus();
    });
  }
  area.addEventListener("invalid", () => setTimeout(() => view.focus()));
  area.form?.addEventListener("reset", () => setTimeout(follow));
  mark(view, area.dataset.editorErrors);
  new MutationObserver(() => mark(view, area.dataset.editorErrors)).observe(area, { attributes: true, attributeFilter: ["data-editor-errors"] });
}

const all = () => document.querySelectorAll("textarea[data-editor]").forEach(attach);
all();
// Pages come and go without a load.
new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
