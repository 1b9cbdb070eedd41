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
        var json = JsonOutput.Option();
        var filter = new Argument<string?>("FILTER") { Description = "only keys that contain it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("settings", "list the settings of the services, with default and allowed values") { filter };
        command.Add(json);
        return command.WithAction((parsed, _) =>
        {
            var shown = Matching(parsed.GetValue(filter) ?? "");
            if (parsed.GetValue(json))
                JsonOutput.Print(shown.Select(SettingText.Fields));
            else
                Console.WriteLine(string.Join("\n\n", shown.Select(SettingText.Of)));
            return Task.CompletedTask;
        });
    }

    /// <exception cref="InvalidDataException">No key contains <paramref name="filter"/>.</exception>
    internal static IReadOnlyList<Setting> Matching(string filter)
    {
        var all = All();
        var names = all.SelectMany(setting => setting.Key.Split(':').Append(setting.Key)).Distinct();
        return all.Where(setting => setting.Key.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray() is { Length: > 0 } shown
            ? shown : throw new InvalidDataException($"no setting contains '{filter}'{NearestName.Hint(filter, names)}");
    }

    /// <summary>What the services register, without the user's settings: a wrong one must not keep the list from being printed.</summary>
    internal static Setting[] All()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["Kafka:BootstrapServers"] = "localhost:9092"; // the only setting without a default; no connection is made
        StreetHost.AddServices(builder);
        return [.. builder.Services.Select(s => s.ImplementationInstance).OfType<SettingsSection>().SelectMany(s => s.Settings())];
    }
}
