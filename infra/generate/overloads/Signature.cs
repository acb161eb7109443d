namespace RayOrleans.Overloads;

/// <summary>One overload: a shape, how many arguments, which of them are references, and whether the runtime supplies a token.</summary>
internal sealed record Signature(Shape Shape, int Count, int References, bool WithToken, bool AnyArgument = false)
{
    private static readonly string[] Letters = ["A", "B", "C", "D", "E", "F"];

    /// <summary>The type parameters of the arguments.</summary>
    public IEnumerable<string> ArgumentTypes => Letters.Take(Count);

    /// <summary>The arguments' names.</summary>
    public IEnumerable<string> ArgumentNames => Letters.Take(Count).Select(l => l.ToLowerInvariant());

    /// <summary>The m of the priority scheme.</summary>
    public int ReferenceCount => Enumerable.Range(0, Count).Count(IsReference);

    /// <summary>The overload's priority: 20 m + s + k.</summary>
    public int Priority => (20 * ReferenceCount) + (WithToken ? 0 : 10) + Shape.Preference;

    /// <summary>The declared parameters of the arguments.</summary>
    public IEnumerable<string> Parameters =>
        Enumerable.Range(0, Count).Select(i => $"{ParameterType(i)} {Letters[i].ToLowerInvariant()}");

    /// <summary>The parameters that the function itself has.</summary>
    public IEnumerable<string> FunctionParameters(string? first) =>
        [.. first is null ? [] : new[] { first }, .. ArgumentTypes, .. WithToken ? new[] { "CancellationToken" } : []];

    /// <summary>What the arguments are, for the documentation.</summary>
    public string ArgumentDoc
    {
        get
        {
            if (AnyArgument)
            {
                return $"{Count} arguments, values or references";
            }

            string kinds = string.Join(", ", Enumerable.Range(0, Count).Select(i => IsReference(i) ? "reference" : "value"));
            string text = Count switch
            {
                0 => "no arguments",
                1 => $"one argument ({kinds})",
                _ => $"{Count} arguments ({kinds})",
            };
            return WithToken ? $"{text} and a token from the runtime" : text;
        }
    }

    /// <summary>Every mix of values and references of <paramref name="count"/> arguments, with and without a supplied token.</summary>
    public static IEnumerable<Signature> Mixes(IEnumerable<Shape> shapes, int count, bool withTokens)
    {
        foreach (Shape shape in shapes)
        {
            for (int references = 0; references < 1 << count; references++)
            {
                yield return new Signature(shape, count, references, WithToken: false);
                if (withTokens && shape.IsAsync && count <= 2)
                {
                    yield return new Signature(shape, count, references, WithToken: true);
                }
            }
        }
    }

    private bool IsReference(int index) => (References & (1 << index)) != 0;

    private string ParameterType(int index) =>
        AnyArgument ? $"Arg<{Letters[index]}>" : IsReference(index) ? $"ObjectRef<{Letters[index]}>" : Letters[index];
}
