/**
 * Needs no package beside bash from 3.2 on. The words go to the program as they are: nothing that stands on the line is
 * run. Bash takes `--name=value` apart, so what it gets is the value alone.
 */
export const BASH_COMPLETION = `# bash completion for assay
_assay() {
	local words=() word current line value IFS=$'\\n'
	for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
		current="\${word//\\\\/}"
		if [ "$word" = "=" ]; then current=""; else words+=("$current"); fi
	done
	if [ "$word" = "=" ]; then words+=(""); fi
	COMPREPLY=()
	while read -r line; do
		value="\${line%%$'\\t'*}"
		case "$line" in *$'\\t'*) ;; *) continue ;; esac
		case "$value" in "$current"*) COMPREPLY+=("$(printf '%q' "$value")") ;; esac
	done < <(assay complete -- "\${words[@]}" 2>/dev/null)
	case "\${#COMPREPLY[@]}:\${COMPREPLY[0]}" in 1:*/) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _assay assay
`;
