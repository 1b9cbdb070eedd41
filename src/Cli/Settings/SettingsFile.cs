using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Settings;

/// <summary>
/// An <c>appsettings.json</c> with every setting as a comment, its default and its documentation above it; those that are given are set.
/// Configuration files of .NET may have comments.
/// </summary>
static class SettingsFile
{
    const int Width = 110;
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="settings">In the order of the file; those of named entries (<c>Lines:{name}</c>) are left out.</param>
    /// <param name="given">Values by key.</param>
    public static string Text(IEnumerable<Setting> settings, IReadOnlyDictionary<string, string> given)
    {
        var text = new StringBuilder("{\n");
        var rows = settings.Where(s => !s.Key.Contains('{', StringComparison.Ordinal))
            .Select(s => (Path: s.Key.Split(':'), Setting: s)).ToArray();
        Section(text, rows, 0, given);
        return text.Append("}\n").ToString();
    }

    static void Section(StringBuilder text, (string[] Path, Setting Setting)[] rows, int depth, IReadOnlyDictionary<string, string> given)
    {
        var indent = new string(' ', 2 * (depth + 1));
        foreach (var group in rows.GroupBy(r => r.Path[depth]))
        {
            if (group.First().Path.Length == depth + 1)
            {
                Value(text, indent, group.Key, group.First().Setting, given);
                continue;
            }
            text.Append($"{indent}\"{group.Key}\": {{\n");
            Section(text, [.. group], depth + 1, given);
            text.Append($"{indent}}},\n"); // a comma after the last one is allowed, too
        }
    }

    static void Value(StringBuilder text, string indent, string name, Setting setting, IReadOnlyDictionary<string, string> given)
    {
        foreach (var line in SettingText.Comment(setting, Width - indent.Length - 3))
            text.Append($"{indent}// {line}\n");
        var isGiven = given.TryGetValue(setting.Key, out var value);
        var json = JsonSerializer.Serialize(isGiven ? value : setting.Default is null ? null : SettingText.Plain(setting.Default), Plain);
        text.Append($"{indent}{(isGiven ? "" : "// ")}\"{name}\": {json},\n");
    }
}
