using System.Text;

namespace RayOrleans.Overloads;

/// <summary>Writes the classes that carry a call: one per shape and number of parameters.</summary>
internal static class InvocationWriter
{
    private const int MostParameters = 6;

    /// <summary>All classes of one shape.</summary>
    public static string Write(Shape shape) =>
        string.Join("\n", Enumerable.Range(0, MostParameters + 1).Select(count => One(shape, count)));

    private static string One(Shape shape, int count)
    {
        string[] parameters = [.. Enumerable.Range(1, count).Select(i => $"A{i}")];
        string[] types = shape.Result is null ? parameters : [.. parameters, shape.Result];
        string generic = types.Length == 0 ? "" : $"<{string.Join(", ", types)}>";
        string function = shape.Delegate(parameters);
        string name = $"{shape.Name}Invocation";
        string arguments = string.Join(", ", parameters.Select(p => $"frame.Argument(in _{p.ToLowerInvariant()})"));
        string guard = shape == Shape.Value ? "CallGuard.Function<R>(function)" : "CallGuard.Function(function)";
        StringBuilder text = new();
        text.Append($"/// <summary>A call of a <c>{Escape(function)}</c>.</summary>\n");
        text.Append($"internal sealed class {name}{generic} : Invocation\n{{\n");
        foreach (string p in parameters)
        {
            text.Append($"    private Arg<{p}> _{p.ToLowerInvariant()};\n");
        }

        text.Append(count == 0 ? "" : "\n");
        text.Append($"    public {name}({string.Join(", ", (string[])[$"{function} function", .. parameters.Select(p => $"in Arg<{p}> {p.ToLowerInvariant()}")])})\n");
        text.Append($"        : base({guard})\n    {{\n");
        foreach (string p in parameters)
        {
            text.Append($"        _{p.ToLowerInvariant()} = {p.ToLowerInvariant()};\n");
        }

        text.Append("    }\n\n");
        text.Append($"    public override CallShape Shape => CallShape.{shape.Name};\n\n");
        text.Append($"    public override Type ResultType => typeof({shape.Result ?? "Unit"});\n\n");
        text.Append("    internal override void Pack(CallPacker packer)\n    {\n");
        foreach (string p in parameters)
        {
            text.Append($"        packer.Pack(ref _{p.ToLowerInvariant()});\n");
        }

        text.Append("    }\n\n");
        text.Append("    internal override void Write(CallWriter writer)\n    {\n");
        foreach (string p in parameters)
        {
            text.Append($"        writer.Write(in _{p.ToLowerInvariant()});\n");
        }

        text.Append("    }\n\n");
        text.Append("    internal static Invocation Read(Delegate function, CallReader reader) =>\n");
        text.Append($"        new {name}{generic}({string.Join(", ", (string[])[$"({function})function", .. parameters.Select(p => $"reader.Read<{p}>()")])});\n\n");
        text.Append("    internal override Task? Execute(CallFrame frame)\n    {\n");
        text.Append($"        {function} function = frame.Function<{function}>(this);\n");
        text.Append(Body(shape, $"function({arguments})"));
        text.Append("    }\n}\n");
        return text.ToString();
    }

    private static string Body(Shape shape, string call) => shape.Name switch
    {
        "Value" => $"        frame.Return({call});\n        return null;\n",
        "Void" => $"        {call};\n        frame.Return(default(Unit));\n        return null;\n",
        _ => $"        return CallCompletion.Of(frame, {call});\n",
    };

    private static string Escape(string text) => text.Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
