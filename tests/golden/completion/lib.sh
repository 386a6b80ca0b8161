# complete WORD…: what bash would offer for the last word.
complete_words() {
    cat > ask.bash <<'END'
source "$TESTS/../completions/boardwright.bash"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_boardwright
printf '%s\n' "${COMPREPLY[@]}"
END
    bash ask.bash boardwright "$@"
}
