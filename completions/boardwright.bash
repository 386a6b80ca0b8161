# SPDX-License-Identifier: Apache-2.0
# bash completion for boardwright. Commands, options and finding codes are asked of the program itself.

_boardwright_commands() {
    "$1" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z0-9-]*\) .*/\1/p'
}

# Words behind "boardwright SYSTEM".
_boardwright_verbs() {
    "$1" "$2" --help 2>/dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z0-9-]*\) .*/\1/p'
}

_boardwright_options() {
    local help=(help "$2")
    [[ -n $3 ]] && help=("$2" "$3" --help)
    "$1" "${help[@]}" 2>/dev/null | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p'
}

_boardwright() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} words=

    # bash splits "--format=json" at the sign: COMP_WORDS[equals] is the last one before the cursor.
    local equals=0
    if [[ $word == = ]]; then
        equals=$COMP_CWORD word=
    elif [[ $before == = ]]; then
        equals=$((COMP_CWORD - 1))
    fi
    if ((equals > 1)); then
        before=${COMP_WORDS[equals - 1]}
        [[ ${COMP_WORDS[equals - 2]} =~ ^(-W|--warn)$ || ${COMP_WORDS[equals - 2]} == = ]] && before=level
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$(_boardwright_commands "$program") help --help --version" -- "$word")
        return
    fi
    case $before in
    --format) words="text json sarif github" ;;
    --color) words="auto always never" ;;
    --missing-includes) words="error tolerate" ;;
    level) words="off note warning error" ;;
    -W | --warn) words="all $("$program" explain --names 2>/dev/null)" ;;
    -I | -i | -o | --include | --dts-include | --output | --keep | --sdk)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    esac
    local verbs=
    case $command in
    cheriot | sel4 | balena | image | hex) verbs=$(_boardwright_verbs "$program" "$command") ;;
    esac
    if [[ -z $words && $command == help ]]; then
        words=$(_boardwright_commands "$program")
    elif [[ -z $words && -n $verbs && COMP_CWORD -eq 2 ]]; then
        words=$verbs
    elif [[ -z $words && $word == -* ]]; then
        words=$(_boardwright_options "$program" "$command" "${verbs:+${COMP_WORDS[2]}}")
    elif [[ -z $words && $command == explain ]]; then
        words=$("$program" explain --names 2>/dev/null)
    fi
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -F _boardwright boardwright
