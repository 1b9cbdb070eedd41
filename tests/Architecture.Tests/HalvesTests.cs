using System.Reflection;

namespace Ssl.Architecture.Tests;

/// <summary>The Transcriber's halves meet in the registry and on a topic alone: read from the compiled code, method bodies included.</summary>
public sealed class HalvesTests
{
    const string Tuning = "Ssl.Transcriber.Tuning";
    const string Serving = "Ssl.Transcriber.Serving";
    const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Assembly Transcriber = Assembly.Load("Ssl.Transcriber");

    [Theory]
    [InlineData(Tuning, Serving)]
    [InlineData(Serving, Tuning)]
    public void Neither_half_of_the_Transcriber_knows_the_other(string half, string other)
    {
        var types = Transcriber.GetTypes().Where(t => IsIn(t, half)).ToArray();
        Assert.NotEmpty(types);
        Assert.Empty(types.SelectMany(t => KnownTo(t).Where(k => IsIn(k, other)).Select(k => $"{t} knows {k}")).Distinct());
    }

    [Fact]
    public void The_host_is_seen_to_know_both() // that what is looked for is found where it is
    {
        var known = KnownTo(Transcriber.GetType("Ssl.Transcriber.TranscriberHost")!).ToArray();
        Assert.Contains(known, t => IsIn(t, Tuning));
        Assert.Contains(known, t => IsIn(t, Serving));
    }

    static bool IsIn(Type type, string half) => type.Namespace is { } name && (name == half || name.StartsWith(half + ".", StringComparison.Ordinal));

    static IEnumerable<Type> KnownTo(Type type)
    {
        var methods = type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).ToArray();
        IEnumerable<Type?> named = [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Everything).Select(f => f.FieldType),
            .. methods.SelectMany(m => m.GetParameters()).Select(p => p.ParameterType), .. methods.OfType<MethodInfo>().Select(m => m.ReturnType),
            .. methods.SelectMany(m => m.GetMethodBody()?.LocalVariables ?? []).Select(v => v.LocalType), .. methods.SelectMany(Used)];
        return named.OfType<Type>().SelectMany(Parts);
    }

    /// <summary>A type, its element and its arguments.</summary>
    static IEnumerable<Type> Parts(Type type) =>
        [type, .. type.HasElementType ? Parts(type.GetElementType()!) : [], .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : []];

    /// <summary>Every metadata token in a method's code that can be a member or a type; a token-like operand at worst names a type too many.</summary>
    static IEnumerable<Type?> Used(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (Resolve(method, BitConverter.ToInt32(code, at + 1)) is not { } member)
                continue;
            yield return member as Type ?? member.DeclaringType;
            foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                yield return argument;
        }
    }

    static MemberInfo? Resolve(MethodBase method, int token)
    {
        if ((token >>> 24) is not (0x01 or 0x02 or 0x04 or 0x06 or 0x0A or 0x1B or 0x2B)) // ECMA-335, II.22: types, fields, methods and their references
            return null;
        try
        {
            var ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
            return method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException or TypeLoadException)
        {
            return null; // not a token
        }
    }
}
