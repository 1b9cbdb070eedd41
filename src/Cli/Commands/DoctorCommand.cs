using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;
using Ssl.Cli.Diagnosis;
using Ssl.Cli.Street;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl doctor</c>: what is wrong with this machine and its settings, each with the remedy.</summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var (data, server, json) = (DataFolder.Option(), ServiceOptions.Server(), JsonOutput.Option());
        const string about = "check libraries, libtorch, broker, topics, registry, disk, clock, memory; exit code 1 if there is a fault";
        var role = new Option<ServiceRole>("--role")
        {
            Description = "look only at what this service needs: ingest, learner, transcriber, or half of it: tune, serve",
            DefaultValueFactory = _ => ServiceRole.All,
            CustomParser = Role,
        };
        return new Command("doctor", about) { role, data, server, json }.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var doctor = new Doctor(new DataFolder(parsed.GetValue(data)!), parsed.GetValue(role), DataFolder.Typed(parsed, data),
                Server(parsed.GetValue(role), parsed.GetResult(server), parsed.GetValue(server)));
            var (asJson, found) = (parsed.GetValue(json), new List<Finding>());
            await foreach (var finding in doctor.ExamineAsync(ct))
            {
                found.Add(finding);
                if (!asJson)
                    Print(finding);
            }
            var (faults, warnings) = (found.Count(f => f.Level == FindingLevel.Fault), found.Count(f => f.Level == FindingLevel.Warning));
            if (asJson)
                JsonOutput.Print(found.Select(f => new { f.Check, Level = f.Level.ToString().ToLowerInvariant(), f.Text, f.Remedy }));
            else
                Console.WriteLine($"{faults} fault{(faults == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}");
            if (faults > 0)
                Environment.ExitCode = 1;
        });
    }

    /// <summary>Names only, one or several: as a number 0 would be no role, and nothing would be looked at.</summary>
    static ServiceRole Role(ArgumentResult typed)
    {
        var text = typed.Tokens[0].Value;
        if (!text.Any(char.IsAsciiDigit) && Enum.TryParse<ServiceRole>(text, ignoreCase: true, out var role))
            return role;
        typed.AddError($"--role: '{text}' is none of {string.Join(", ", Enum.GetNames<ServiceRole>()).ToLowerInvariant()}");
        return default;
    }

    /// <summary>Where the service listens unless somebody has said so.</summary>
    static Uri Server(ServiceRole role, OptionResult? option, string? value) => ServiceOptions.Address((role, option?.Implicit) switch
    {
        (ServiceRole.Ingest, true) when value == ServiceOptions.DefaultServer => "http://localhost:8081",
        (ServiceRole.Learner, true) when value == ServiceOptions.DefaultServer => "http://localhost:8082",
        _ => value,
    });

    static void Print(Finding finding)
    {
        var colour = finding.Level switch { FindingLevel.Ok => "green", FindingLevel.Warning => "yellow", _ => "red" };
        var level = finding.Level.ToString().ToLowerInvariant();
        AnsiConsole.Profile.Width = int.MaxValue; // lines are for grep as well
        AnsiConsole.MarkupLine($"[{colour}]{level,-8}[/] {Markup.Escape(finding.Check)}: {Markup.Escape(finding.Text)}");
        if (finding.Remedy is { } remedy)
            AnsiConsole.MarkupLine($"         {Markup.Escape(remedy)}");
    }
}
