using System.CommandLine;
using Ssl.Learner;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary><c>make experiments ARGS="NAME ..."</c>: measures how well it learns, with the code of the services, on recordings.</summary>
static class ExperimentCommand
{
    public static RootCommand Create()
    {
        var names = new Argument<string[]>("NAME") { Description = string.Join("; ", Experiment.All.Select(e => $"{e.Name}: {e.Question}")), Arity = ArgumentArity.ZeroOrMore };
        names.AcceptOnlyFromAmong([.. Experiment.All.Select(e => e.Name)]);
        var data = new Option<string>("--data") { Description = "folder with the corpora, each with a manifest.jsonl", DefaultValueFactory = _ => Path.Combine("..", "shared", "data") };
        var work = new Option<string>("--work") { Description = "folder for checkpoints and encoders", DefaultValueFactory = _ => Path.Combine("data", "experiments") };
        var results = new Option<string>("--results") { Description = "folder for the figures", DefaultValueFactory = _ => Path.Combine("docs", "results") };
        var seeds = new Option<int>("--seeds") { Description = "every condition is measured with so many seeds", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "threads inside an operation; figures are the same again only with the same number", DefaultValueFactory = _ => 1 };
        var only = new Option<string[]>("--only") { Description = "measure only conditions whose names hold this text" };
        var settings = new Option<string[]>("--set") { Description = "a setting of the services for this run, as Section:Key=value (Learner:Training:LearningRate=0.002, Transcriber:FineTuningRecipe:Dropout=0)" };
        var command = new RootCommand("measure how well it learns; without a name, what can be measured") { names, data, work, results, seeds, threads, settings, only };
        command.SetAction((parsed, ct) => SslHost.GuardAsync(() =>
        {
            var chosen = parsed.GetValue(names)!.Distinct().ToArray();
            if (chosen.Length == 0)
            {
                List();
                return Task.CompletedTask;
            }
            var varied = parsed.GetValue(settings) ?? [];
            TorchRuntime.UseThreads(parsed.GetValue(threads));
            using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(c => c.SingleLine = true));
            var configuration = new ConfigurationBuilder().AddCommandLine([.. varied.Select(s => "--" + s)]).Build();
            var services = new ServiceCollection();
            var learner = services.AddValidatedOptions<LearnerOptions>(configuration, LearnerOptions.Section);
            var transcriber = services.AddValidatedOptions<TranscriberOptions>(configuration, TranscriberOptions.Section);
            var recipe = configuration.GetSection("Transcriber:FineTuningRecipe").Get<FineTuningRecipe>() ?? new FineTuningRecipe();
            var setting = new ExperimentSetting(parsed.GetValue(data)!, parsed.GetValue(work)!, parsed.GetValue(results)!, learner, transcriber, varied, parsed.GetValue(only) ?? [], parsed.GetValue(seeds), loggers, recipe);
            foreach (var experiment in Experiment.All.Where(e => chosen.Contains(e.Name)))
            {
                Console.WriteLine($"{experiment.Name}: {experiment.Question}\ncosts, {experiment.Cost}; {setting.Seeds} seeds; what was measured before is kept in {setting.ResultsFolder}");
                experiment.Run(setting, ct);
            }
            ResultsPage.Write(setting.ResultsFolder.TrimEnd('/') + ".md", setting.ResultsFolder);
            return Task.CompletedTask;
        }));
        return command;
    }

    static void List()
    {
        foreach (var experiment in Experiment.All)
            Console.WriteLine($"{experiment.Name,-10}{experiment.Question}\n{"",-10}{experiment.Cost}");
    }
}
