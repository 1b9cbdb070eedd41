using System.Collections.Concurrent;
using System.Reflection;
using System.Xml.Linq;

namespace Ssl.Cli.Settings;

/// <summary>The XML documentation file that the compiler writes beside an assembly.</summary>
static class DocumentationFile
{
    static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Members = new();

    /// <summary>Summary of a property in one line, without markup; empty if there is none.</summary>
    /// <exception cref="FileNotFoundException">The assembly was deployed without its documentation file.</exception>
    public static string Summary(PropertyInfo property)
    {
        var owner = property.DeclaringType!;
        var member = Members.GetOrAdd(owner.Assembly, Read).GetValueOrDefault($"P:{owner.FullName}.{property.Name}");
        var text = member?.Element("summary") is { } summary ? Plain(summary) : "";
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    static Dictionary<string, XElement> Read(Assembly assembly) =>
        XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"), LoadOptions.PreserveWhitespace)
            .Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    /// <summary>A reference (<c>P:Ssl.Learner.LearnerOptions.Threads</c>) becomes its last name.</summary>
    static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when (string?)element.Attribute("cref") is { } reference => reference.Split('(')[0].Split('.')[^1],
        XElement element => string.Concat(element.Nodes().Select(Plain)),
        _ => "",
    };
}
