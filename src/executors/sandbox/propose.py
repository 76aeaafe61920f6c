# The input schema that a script's signature and docstring propose. The script is read, never run.
def propose(order, to):
    try:
        tree = ast.parse(order["script"], "tool.py")
    except SyntaxError as error:
        answer(to, {"error": f"line {error.lineno}: {error.msg}"})
        os._exit(0)
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "main"]
    if not functions:
        answer(to, {"error": "the script has no function main"})
        os._exit(0)
    main = functions[-1]
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    aliases = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)}
    summary, texts = docstring(ast.get_docstring(main) or "")
    properties, required, notes = {}, [], []
    arguments = main.args.posonlyargs + main.args.args
    defaults = [None] * (len(arguments) - len(main.args.defaults)) + list(main.args.defaults)
    for argument, default in list(zip(arguments, defaults)) + list(zip(main.args.kwonlyargs, main.args.kw_defaults)):
        name = argument.arg
        schema = typed(argument.annotation, classes, aliases, notes, name) if argument.annotation else {}
        if name in texts:
            schema["description"] = texts[name]
        if default is None:
            required.append(name)
        else:
            try:
                value = ast.literal_eval(default)
                json.dumps(value, allow_nan=False)
                if value is not None:
                    schema["default"] = value
                    if not schema.get("type") and "enum" not in schema and "anyOf" not in schema:
                        schema.update(of_value(value))
            except (ValueError, TypeError, MemoryError, RecursionError):
                notes.append(f"The default of “{name}” is computed; it is not part of the schema.")
        properties[name] = schema
    schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if main.args.kwarg is None:
        schema["additionalProperties"] = False
    answer(to, {"schema": schema, "description": summary, "notes": notes})
    os._exit(0)


PLAIN = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "dict": "object", "list": "array", "tuple": "array", "set": "array", "Decimal": "number"}
PLAIN.update({"Dict": "object", "List": "array", "Sequence": "array", "Iterable": "array", "Mapping": "object", "None": "null", "bytes": "string"})
FORMATS = {"datetime": "date-time", "date": "date", "time": "time", "UUID": "uuid"}


def of_value(value):
    for kind, word in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return {"type": word}
    return {}


def typed(node, classes, aliases, notes, where, depth=0):
    if depth > 8:
        return {}
    inner = lambda node: typed(node, classes, aliases, notes, where, depth + 1)
    if isinstance(node, ast.Constant):
        if node.value is None:
            return {"type": "null"}
        if isinstance(node.value, str):
            try:
                return inner(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return {}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return either([inner(node.left), inner(node.right)])
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
    if name == "Any":
        return {}
    if name in PLAIN:
        return {"type": PLAIN[name]}
    if name in FORMATS:
        return {"type": "string", "format": FORMATS[name]}
    if name in classes:
        return of_class(classes[name], classes, inner)
    if name in aliases:
        return inner(aliases[name])
    if isinstance(node, ast.Subscript):
        base = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if base == "Optional":
            return either([inner(parts[0]), {"type": "null"}])
        if base == "Union":
            return either([inner(part) for part in parts])
        if base == "Literal":
            values = [part.value if isinstance(part, ast.Constant) else ast.literal_eval(part) for part in parts]
            kinds = {of_value(value).get("type") for value in values}
            return {**({"type": kinds.pop()} if len(kinds) == 1 and None not in kinds else {}), "enum": values}
        if base in ("Annotated", "Required", "NotRequired", "Final", "ReadOnly"):
            schema = inner(parts[0])
            texts = [part.value for part in parts[1:] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            return {**schema, "description": texts[0]} if texts else schema
        if base in ("dict", "Dict", "Mapping"):
            values = inner(parts[1]) if len(parts) > 1 else {}
            return {"type": "object", "additionalProperties": values} if values else {"type": "object"}
        if PLAIN.get(base) == "array":
            items = inner(parts[0])
            schema = {"type": "array", **({"items": items} if items else {})}
            if base in ("set", "Set"):
                schema["uniqueItems"] = True
            return schema
    notes.append(f"The type of “{where}” ({ast.unparse(node)}) says nothing a schema can say.")
    return {}


def either(schemas):
    schemas = [schema for schema in schemas if schema]
    real = [schema for schema in schemas if schema != {"type": "null"}]
    if len(real) == 1:
        # An optional input may be left out; null is allowed where the type says so.
        only = dict(real[0])
        if len(real) < len(schemas) and isinstance(only.get("type"), str) and "enum" not in only:
            only["type"] = [only["type"], "null"]
        return only
    if all(set(schema) == {"type"} and isinstance(schema["type"], str) for schema in schemas) and schemas:
        return {"type": [schema["type"] for schema in schemas]}
    return {"anyOf": schemas} if schemas else {}


def of_class(node, classes, inner):
    """A dataclass, TypedDict or enum of the script."""
    bases = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
    if bases & {"Enum", "StrEnum", "IntEnum"}:
        values = [line.value.value for line in node.body if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)]
        return {"enum": values}
    total = not any(word.arg == "total" and getattr(word.value, "value", True) is False for word in node.keywords)
    properties, required = {}, []
    _, texts = docstring(ast.get_docstring(node) or "")
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            name = line.target.id
            properties[name] = inner(line.annotation)
            if name in texts:
                properties[name]["description"] = texts[name]
            optional = isinstance(line.annotation, ast.Subscript) and getattr(line.annotation.value, "id", "") == "NotRequired"
            if line.value is None and total and not optional:
                required.append(name)
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def docstring(text):
    """The summary, and what is said of each argument: Google style (Args:), reST (:param x:) and NumPy (underlined)."""
    texts = dict((name, " ".join(said.split())) for name, said in re.findall(r":param\s+(?:[\w\[\], .|]+\s+)?(\w+):\s*((?:.|\n(?!\s*:|\s*\n))*)", text))
    lines, last, inside, indent = text.splitlines(), None, False, None
    for at, line in enumerate(lines):
        bare = line.strip()
        following = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if re.fullmatch(r"(Args|Arguments|Parameters|Attributes)\s*:?", bare) and (bare.endswith(":") or set(following) == {"-"}):
            inside, last, indent = True, None, None
            continue
        if re.fullmatch(r"(Returns?|Raises|Yields?|Examples?|Notes?|See Also|References)\s*:?", bare) and (bare.endswith(":") or set(following) == {"-"}):
            inside = False
        if not inside or not bare or set(bare) == {"-"}:
            continue
        deep = len(line) - len(line.lstrip())
        indent = deep if indent is None else indent
        google = re.match(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s+(.*)|\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:$", bare)
        numpy = re.match(r"(\w+)\s*:\s*[\w\[\], .|]+$", bare) if "----" in text else None
        if deep == indent and numpy:
            last = numpy.group(1)
            texts[last] = ""
        elif deep == indent and google:
            last = google.group(1) or google.group(3)
            texts[last] = (google.group(2) or "").strip()
        elif deep > indent and last:
            texts[last] = (texts[last] + " " + bare).strip()
        else:
            inside = deep == indent and bool(last)
    summary = re.split(r"\n\s*\n|\n\s*(?:Args|Arguments|Parameters|Returns?)\s*:?\s*\n|:param", text.strip())[0]
    return " ".join(summary.split()), {name: said for name, said in texts.items() if said}
