# Bash completion of trialctl, trialwatch, trialopt and trialagent. Source it, or install it where bash-completion looks.

_trialwatch_options() { # PROGRAM [VERB]
    case "$*" in
        trialwatch) echo "--poll --jobs --max-queued --once --until-done --only --takeover --kill-on-exit --quiet --version --help" ;;
        trialopt) echo "--trials --parallel --poll --once --takeover --quiet --version --help" ;;
        trialagent) echo "--slots --memory --gpus --no-pin --tmp --parallel-runs --total-runs --stagger --walltime --idle --launcher --hosts --remote-template --mpiexec-template --poll --beat --quiet --version --help" ;;
        "trialctl init") echo "--template --from --help" ;;
        "trialctl import-space") echo "--from --into --help" ;;
        "trialctl try") echo "--set --jobs --help" ;;
        "trialctl new") echo "--set --sweep --config --file --dry-run --json --help" ;;
        "trialctl run") echo "--trials --jobs --agent --detach --overwrite --yes --restore --help" ;;
        "trialctl submit") echo "--dry-run --json --help" ;;
        "trialctl list") echo "--state --sort --reverse --csv --json --help" ;;
        "trialctl best") echo "--by --maximize --json -k --help" ;;
        "trialctl logs") echo "--stage --task --attempt --follow --help" ;;
        "trialctl status" | "trialctl agents" | "trialctl insight" | "trialctl show" | "trialctl check") echo "--json --help" ;;
        "trialctl stop" | "trialctl kill" | "trialctl retry") echo "--all --state --reason --help" ;;
        "trialctl pause") echo "--reason --help" ;;
        "trialctl resume") echo "--help" ;;
        "trialctl drain") echo "--all --help" ;;
        "trialctl wait") echo "--timeout --help" ;;
        "trialctl identity") echo "--moved --copied --help" ;;
        "trialctl get") echo "--default --json --help" ;;
        "trialctl report") echo "--step --help" ;;
    esac
}

_trialwatch_verbs="init import-space try new run submit status agents list show best insight logs check stop kill retry pause resume drain wait identity \
get report"

_trialwatch() {
    local program=${COMP_WORDS[0]##*/} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb= first=1
    COMPREPLY=()
    if [ "$program" = trialctl ]; then
        verb=${COMP_WORDS[1]} first=2
        if [ "$COMP_CWORD" = 1 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$_trialwatch_verbs --help --help-all --version" -- "$word")
            return
        fi
    fi
    case $before in
        --state) mapfile -t COMPREPLY < <(compgen -W "waiting running stopping closing complete pruned failed killed" -- "$word") ;;
        --template) mapfile -t COMPREPLY < <(compgen -W "minimal power-flow agents" -- "$word") ;;
        --config | --file) compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        --from) [ "$verb" != import-space ] || { mapfile -t COMPREPLY < <(compgen -W "wandb nni ray configspace optuna" -- "$word"); return; }
            compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *)
            if [ "${word#-}" != "$word" ]; then
                # shellcheck disable=SC2086
                mapfile -t COMPREPLY < <(compgen -W "$(_trialwatch_options "$program" $verb)" -- "$word")
            elif [ "$COMP_CWORD" -gt "$first" ] && [ -d "${COMP_WORDS[first]}/trials" ] && [ "$verb" != list ]; then
                mapfile -t COMPREPLY < <(cd "${COMP_WORDS[first]}/trials" && compgen -d -- "$word")
            elif [ "$verb" = import-space ]; then
                compopt -o filenames 2> /dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
            elif [ "$verb" != get ] && [ "$verb" != report ]; then
                compopt -o filenames 2> /dev/null
                mapfile -t COMPREPLY < <(compgen -d -- "$word")
            fi
            ;;
    esac
}

complete -F _trialwatch trialctl trialwatch trialopt trialagent
