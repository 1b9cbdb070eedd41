using System.Reflection;
using System.Reflection.Emit;

namespace Ssl.Architecture.Tests;

/// <summary>The Transcriber's halves meet in the registry and on a topic alone; checked in the compiled code.</summary>
public sealed class HalvesTests
{
    const string Tuning = "Ssl.Transcriber.Tuning";
    const string Serving = "Ssl.Transcriber.Serving";
    const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    const byte TwoBytes = 0xFE;

    static readonly Dictionary<short, OpCode> Operations =
        typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(operation => operation.Value);

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

    static bool IsIn(Type type, string half) => $"{type.Namespace}.".StartsWith(half + ".", StringComparison.Ordinal);

    static IEnumerable<Type> KnownTo(Type type)
    {
        var methods = type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).ToArray();
        IEnumerable<Type?> named =
        [
            type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Everything).Select(f => f.FieldType),
            .. methods.SelectMany(m => m.GetParameters()).Select(p => p.ParameterType),
            .. methods.OfType<MethodInfo>().Select(m => m.ReturnType),
            .. methods.SelectMany(m => m.GetMethodBody()?.LocalVariables ?? []).Select(v => v.LocalType),
            .. methods.SelectMany(Used),
        ];
        return named.OfType<Type>().SelectMany(Parts);
    }

    /// <summary>A type, its element and its arguments.</summary>
    static IEnumerable<Type> Parts(Type type) =>
    [
        type, .. type.HasElementType ? Parts(type.GetElementType()!) : [],
        .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [],
    ];

    /// <summary>Types that a method's code names, or whose members it names.</summary>
    static IEnumerable<Type?> Used(MethodBase method)
    {
        foreach (var token in Tokens(method.GetMethodBody()?.GetILAsByteArray() ?? []))
        {
            var ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
            var member = method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
            yield return member as Type ?? member?.DeclaringType;
            foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                yield return argument;
        }
    }

    /// <summary>Operands that are members or types, in the order of the code (ECMA-335, VI.C.2).</summary>
    static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var operation = Operations[code[at] == TwoBytes ? (short)(TwoBytes << 8 | code[at + 1]) : code[at]];
            at += operation.Size;
            if (operation.OperandType
                is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
