using System.CommandLine;
using Ssl.Cli.Commands;

var root = new RootCommand("ssl: a speech service that teaches itself")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    PublishCommand.Create(),
    TranscribeCommand.Create(),
    ModelsCommand.Create(),
    EvaluateCommand.Create(),
    SettingsCommand.Create(),
    ExperimentCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30), EnableDefaultExceptionHandler = false });
