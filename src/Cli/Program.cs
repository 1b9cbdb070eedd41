using System.CommandLine;
using Ssl.Cli.Commands;
using Ssl.Shared.Foundation.Hosting;

SslHost.UseInvariantCulture();
var root = new RootCommand("ssl: a speech service that teaches itself")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    PublishCommand.Create(),
    TranscribeCommand.Create(),
    ListenCommand.Create(),
    ModelsCommand.Create(),
    EvaluateCommand.Create(),
    LabelCommand.Create(),
    LabelsCommand.Create(),
    DlqCommand.Create(),
    LearningCommand.Create(),
    KeysCommand.Create(),
    SettingsCommand.Create(), InitCommand.Create(), DoctorCommand.Create(), // what a machine is set up with
    ExperimentCommand.Create(), CompletionCommand.Create(),
};
var stopLimit = TimeSpan.FromSeconds(30);
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = stopLimit, EnableDefaultExceptionHandler = false };
return await root.Parse(args).InvokeAsync(invocation);
