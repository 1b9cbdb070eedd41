using System.CommandLine;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl</c> with all its commands.</summary>
static class SslCommand
{
    public static RootCommand Create() => new("ssl: a speech service that teaches itself")
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
}
