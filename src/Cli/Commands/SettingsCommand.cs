using System.CommandLine;
using Ssl.Cli.Settings;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl settings [FILTER]</c>: every setting of the services with its default, what is allowed, and its documentation.</summary>
static class SettingsCommand
{
    public static Command Create()
    {
        var filter = new Argument<string?>("FILTER") { Description = "only keys that contain it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("settings", "list the settings of the services, with default and allowed values") { filter };
        return command.WithAction((parsed, _) =>
        {
            Print(parsed.GetValue(filter) ?? "", Console.Out);
            return Task.CompletedTask;
        });
    }

    /// <exception cref="InvalidDataException">No key contains <paramref name="filter"/>.</exception>
    internal static void Print(string filter, TextWriter output)
    {
        var all = All();
        var shown = all.Where(setting => setting.Key.Contains(filter, StringComparison.OrdinalIgnoreCase)).Select(SettingText.Of).ToArray();
        var names = all.SelectMany(setting => setting.Key.Split(':').Append(setting.Key)).Distinct();
        if (shown.Length == 0)
            throw new InvalidDataException($"no setting contains '{filter}'{NearestName.Hint(filter, names)}");
        output.WriteLine(string.Join("\n\n", shown));
    }

    /// <summary>What the services register, without the user's settings: a wrong one must not keep the list from being printed.</summary>
    static Setting[] All()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["Kafka:BootstrapServers"] = "localhost:9092"; // the only setting without a default; no connection is made
        StreetHost.AddServices(builder);
        return [.. builder.Services.Select(s => s.ImplementationInstance).OfType<SettingsSection>().SelectMany(s => s.Settings())];
    }
}
