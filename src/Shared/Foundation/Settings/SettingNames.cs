using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Ssl.Shared.Foundation.Settings;

/// <summary>Finds settings that nothing reads: a mistyped option must not pass in silence.</summary>
static class SettingNames
{
    static readonly string[] Sections =
    [
        "Kafka", "Registry", "Torch", "Telemetry", "Ingest", "Learner", "Transcriber",
        "Http", "Logging", "Urls", "AllowedHosts", "Kestrel", "Environment", "ContentRoot", "ApplicationName", "HttpPorts",
    ];

    /// <summary>Command-line settings must be <c>--Section:Key=value</c> of a section that exists.</summary>
    /// <exception cref="InvalidSettingException">Names the argument and the nearest that exists.</exception>
    public static void CheckArguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var argument = args[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                throw new InvalidSettingException($"'{argument}' is not a setting; settings are written --Section:Key=value");
            var section = argument[2..].Split(':', '=')[0];
            if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
                throw new InvalidSettingException($"{argument}: there is no setting {section}{NearestName.Hint(section, Sections)}");
            if (argument.Contains('=', StringComparison.Ordinal))
                continue;
            if (++i == args.Count || args[i].StartsWith("--", StringComparison.Ordinal))
                throw new InvalidSettingException($"{argument} has no value; settings are written --Section:Key=value");
        }
    }

    /// <summary>The sections of every appsettings.json must exist.</summary>
    /// <exception cref="InvalidSettingException">Names the section, the file and the nearest that exists.</exception>
    public static void CheckFiles(IConfigurationRoot configuration)
    {
        foreach (var file in configuration.Providers.OfType<JsonConfigurationProvider>())
        {
            var known = Sections.Append("$schema");
            if (file.GetChildKeys([], null).FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } key)
                throw new InvalidSettingException($"{file.Source.Path}: there is no section {key}{NearestName.Hint(key, Sections)}");
        }
    }

    /// <summary>Every key of a section must be a property of the options, at every depth.</summary>
    /// <exception cref="InvalidSettingException">Names the key, and where it has moved or the nearest that exists.</exception>
    public static void CheckSection(IConfigurationSection section, Type options, MovedSettings moved)
    {
        var properties = Settable(options).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        if (!string.IsNullOrEmpty(section.Value))
            throw new InvalidSettingException(
                $"{section.Path} is '{section.Value}', but it is a section; it has: {string.Join(", ", properties.Keys)}");
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var type))
                throw Unknown(child, properties.Keys, moved);
            if (IsSection(type))
                CheckSection(child, type, moved);
            else if (EachOf(type) is { } each)
            {
                foreach (var named in child.GetChildren())
                    CheckSection(named, each, moved);
            }
            else if (child.GetChildren().FirstOrDefault() is { } below && TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
                throw new InvalidSettingException($"there is no setting {below.Path}: {child.Path} is a value, not a section");
        }
    }

    static InvalidSettingException Unknown(IConfigurationSection setting, IEnumerable<string> known, MovedSettings moved)
    {
        var key = setting;
        while (key.GetChildren().FirstOrDefault() is { } below)
            key = below;
        return new InvalidSettingException(moved.Hint(key.Path) is { } hint
            ? $"there is no setting {key.Path} any more: {hint}"
            : $"there is no setting {setting.Path}{NearestName.Hint(setting.Key, known)}");
    }

    /// <summary>A record of options inside a record of options.</summary>
    public static bool IsSection(Type type) => type.IsClass && type.Namespace?.StartsWith("Ssl.", StringComparison.Ordinal) == true;

    /// <summary>The options of each of several sections that an operator names; null: it is no such dictionary.</summary>
    public static Type? EachOf(Type type) => type.IsGenericType && type.GetGenericArguments() is [var name, var each]
        && name == typeof(string) && IsSection(each) ? each : null;

    public static IEnumerable<PropertyInfo> Settable(Type options) => options.GetProperties().Where(p => p.SetMethod is not null);
}
