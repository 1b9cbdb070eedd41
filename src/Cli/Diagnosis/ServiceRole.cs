namespace Ssl.Cli.Diagnosis;

/// <summary>The services that a machine is looked at for; they can be combined.</summary>
[Flags]
enum ServiceRole
{
    Ingest = 1,
    Learner = 2,
    Tune = 4,
    Serve = 8,
    Transcriber = Tune | Serve,
    All = Ingest | Learner | Transcriber,
}
