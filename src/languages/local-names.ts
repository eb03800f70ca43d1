import type { SyntaxNode } from "@lezer/common";

/**
 * Names that can all be exchanged for others throughout a program and nobody would know: they occur in bodies of
 * functions alone, so no test can ask for them, and are no parameter, keyword, import or global.
 */
export function renamableNames(program: SyntaxNode, code: string): Set<string> {
	const within = new Set<string>();
	const fixed = new Set<string>(BUILTINS);
	let isTold = false;
	program.cursor().iterate(({ name, node, from, to }) => {
		// A caught exception, a captured pattern and {x=} may tell a name; a star brings in names that are not to be seen.
		if (name === "MatchStatement" || name === "FormatSelfDoc") isTold = true;
		if (name === "as" && node.parent?.name === "TryStatement") isTold = true;
		if (name === "*" && node.parent?.name === "ImportStatement") isTold = true;
		if (name !== "VariableName") return;
		(isFree(node) ? within : fixed).add(code.slice(from, to));
	});
	return isTold ? new Set() : new Set([...within].filter((name) => !fixed.has(name)));
}

const HOLDERS = new Set([
	"FunctionDefinition",
	"ClassDefinition",
	"ParamList",
	"ImportStatement",
	"ScopeStatement",
	"TypeParam",
	"TypeDefinition",
]);

/** Whether this place of a name leaves it free to be another. */
function isFree(node: SyntaxNode): boolean {
	const { parent } = node;
	if (parent === null || HOLDERS.has(parent.name)) return false;
	if (parent.name === "ArgList" && node.nextSibling?.name === "AssignOp") return false;
	for (let at: SyntaxNode | null = parent; at !== null; at = at.parent) {
		if (at.name !== "Body") continue;
		const owner = at.parent?.name;
		if (owner === "ClassDefinition") return false;
		if (owner === "FunctionDefinition") return true;
	}
	return false;
}

/** Of every version from 2.7 on. */
export const BUILTINS = (
	"ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError " +
	"BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError " +
	"ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning " +
	"EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError " +
	"FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError " +
	"IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None " +
	"NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning " +
	"PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning " +
	"RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError " +
	"SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError " +
	"UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning WindowsError " +
	"ZeroDivisionError abs aiter all anext any apply ascii basestring bin bool breakpoint buffer bytearray bytes " +
	"callable chr classmethod cmp coerce compile complex copyright credits delattr dict dir divmod enumerate eval " +
	"exec execfile exit file filter float format frozenset getattr globals hasattr hash help hex id input int " +
	"intern isinstance issubclass iter len license list locals long map max memoryview min next object oct open " +
	"ord pow print property quit range raw_input reduce reload repr reversed round set setattr slice sorted " +
	"staticmethod str sum super tuple type unichr unicode vars xrange zip"
).split(" ");
