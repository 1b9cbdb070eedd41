using System.CommandLine;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Experiments;

/// <summary><c>make experiments ARGS="NAME ..."</c>: measures on recorded speech how well the services' own code learns.</summary>
static class ExperimentCommand
{
    static readonly Argument<string[]> Names = new("NAME")
    {
        Description = string.Join("; ", Experiment.All.Select(e => $"{e.Name}: {e.Question}")),
        Arity = ArgumentArity.ZeroOrMore,
    };

    static readonly Option<string> Data = new("--data")
    {
        Description = "folder with the corpora, each with a manifest.jsonl",
        DefaultValueFactory = _ => Path.Combine("..", "shared", "data"),
    };

    static readonly Option<string> Work = new("--work")
    {
        Description = "folder for checkpoints and encoders",
        DefaultValueFactory = _ => Path.Combine("data", "experiments"),
    };

    static readonly Option<string> Results = new("--results")
    {
        Description = "folder for the figures",
        DefaultValueFactory = _ => Path.Combine("docs", "results"),
    };

    static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "measure every condition with seeds 1 to this",
        DefaultValueFactory = _ => 3,
    };

    static readonly Option<int> Threads = new("--threads")
    {
        Description = "threads inside an operation; figures are reproducible only with the same number",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<string[]> Only = new("--only")
    {
        Description = "measure only conditions with this value of a field, as field=value (hoursHeard=15)",
    };

    static readonly Option<string[]> Set = new("--set")
    {
        Description = "a value of a recipe for this run (FineTuning:Dropout=0, Learner:Training:LearningRate=0.002, Updates=600)",
    };

    static readonly Option<bool> Smoke = new("--smoke")
    {
        Description = "cut every budget to seconds, to see that it runs; the figures mean nothing and go to smoke-results in --work",
    };

    public static RootCommand Create()
    {
        Names.AcceptOnlyFromAmong([.. Experiment.All.Select(e => e.Name)]);
        var command = new RootCommand("measure how well the services learn; without a name, list what can be measured")
        {
            Names, Data, Work, Results, Seeds, Threads, Set, Only, Smoke,
        };
        foreach (var option in (Option[])[Data, Work, Results, Seeds, Threads, Set, Smoke])
            option.Recursive = true;
        command.SetAction((parsed, ct) => parsed.GetValue(Names) is { Length: > 0 }
            ? RunAsync(parsed, (setting, stopping) => Run(parsed, setting, stopping), ct) : Task.FromResult(List()));
        command.Subcommands.Add(ProbeCommand.Create(RunAsync));
        return command;
    }

    static Task<int> RunAsync(ParseResult parsed, Action<ExperimentSetting, CancellationToken> run, CancellationToken ct) =>
        SslHost.GuardAsync(() =>
        {
            TorchRuntime.UseThreads(parsed.GetValue(Threads));
            using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(c => c.SingleLine = true));
            var (smoke, work) = (parsed.GetValue(Smoke), parsed.GetValue(Work)!);
            var results = smoke ? Path.Combine(work, "smoke-results") : parsed.GetValue(Results)!;
            var folders = new ExperimentFolders(parsed.GetValue(Data)!, work, results);
            var settings = Variation.Parse(parsed.GetValue(Set) ?? []);
            run(ExperimentSetting.Create(folders, settings, smoke ? 1 : parsed.GetValue(Seeds), smoke, loggers), ct);
            return Task.CompletedTask;
        });

    static void Run(ParseResult parsed, ExperimentSetting setting, CancellationToken ct)
    {
        var only = new ConditionFilter(parsed.GetValue(Only) ?? []);
        foreach (var experiment in Experiment.All.Where(e => parsed.GetValue(Names)!.Contains(e.Name)))
        {
            Console.WriteLine($"{experiment.Name}: {experiment.Question}");
            Console.WriteLine($"{experiment.Cost}; {setting.Seeds} seeds; figures go to {setting.Folders.Results}");
            experiment.Run(setting, only, ct);
        }
        ResultsPage.Write(setting);
    }

    static int List()
    {
        foreach (var experiment in Experiment.All)
            Console.WriteLine($"{experiment.Name,-10}{experiment.Question}\n{"",-10}{experiment.Cost}");
        return 0;
    }
}
