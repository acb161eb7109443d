using System.Text;

namespace RayOrleans.Overloads;

/// <summary>Writes the deconstruction of references to tuples.</summary>
internal static class TupleWriter
{
    private const int MostParts = 7;

    public static string Write()
    {
        StringBuilder text = new();
        text.Append("/// <summary>Takes a reference to a tuple apart: each part becomes an object of its own. <c>var (q, r) = Ray.Remote(DivRem, 17, 5);</c></summary>\n");
        text.Append("public static class TupleRefExtensions\n{\n");
        for (int parts = 2; parts <= MostParts; parts++)
        {
            string[] types = [.. Enumerable.Range(1, parts).Select(i => $"T{i}")];
            text.Append(parts == 2 ? "" : "\n");
            text.Append($"    /// <summary>Gives the {parts} parts as references of their own, at once.</summary>\n");
            text.Append("    /// <param name=\"reference\">The tuple.</param>\n");
            for (int i = 1; i <= parts; i++)
            {
                text.Append($"    /// <param name=\"item{i}\">Part {i}.</param>\n");
            }

            text.Append($"    public static void Deconstruct<{string.Join(", ", types)}>(this ObjectRef<({string.Join(", ", types)})> reference, {string.Join(", ", types.Select((t, i) => $"out ObjectRef<{t}> item{i + 1}"))})\n    {{\n");
            text.Append("        ArgumentNullException.ThrowIfNull(reference);\n");
            for (int i = 1; i <= parts; i++)
            {
                text.Append($"        item{i} = reference.Hold.Component<T{i}>(reference, {i - 1});\n");
            }

            text.Append("    }\n");
        }

        text.Append("}\n");
        return text.ToString();
    }
}
