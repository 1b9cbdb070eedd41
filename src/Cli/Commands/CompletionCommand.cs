using System.CommandLine;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl completion bash|zsh|fish</c>: a script that lets the shell complete commands and options by asking ssl itself.</summary>
static class CompletionCommand
{
    // [suggest:POSITION] "LINE" is a directive of System.CommandLine: it prints a word a line.
    const string Bash = """
        _ssl_complete() {
          local word IFS=$'\n'
          COMPREPLY=()
          while read -r word; do
            COMPREPLY+=("$word")
          done < <("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
          COMPREPLY=($(compgen -W "${COMPREPLY[*]}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _ssl_complete ssl
        """;
    const string Zsh = """
        _ssl_complete() {
          local -a words_of_ssl
          words_of_ssl=("${(@f)$(ssl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a words_of_ssl
          _files
        }
        compdef _ssl_complete ssl
        """;
    const string Fish = """
        complete -c ssl -a '(ssl "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        const string about = "print a completion script: source <(ssl completion bash); ssl completion fish | source";
        return new Command("completion", about) { shell }.WithAction((parsed, _) =>
        {
            Console.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.CompletedTask;
        });
    }
}
