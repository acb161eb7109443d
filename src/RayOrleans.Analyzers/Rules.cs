using Microsoft.CodeAnalysis;

namespace RayOrleans.Analyzers;

/// <summary>What the analyzer reports.</summary>
internal static class Rules
{
    private const string Category = "Lifetime";

    private const string Why =
        "Memory of the object store stays where it is as long as its owner object is alive: the ReadOnlyMemory<T>, SharedTensor<T> or record batch that a get returned, or a Pinned<T> until it is disposed of. "
        + "A span does not keep its owner alive, so the garbage collector may take the owner while a loop over the span still runs, and the memory may be given to another object. "
        + "What a task obtained stays until the task ends; a warning inside of one may be suppressed.";

    /// <summary>Nobody holds the owner.</summary>
    public static readonly DiagnosticDescriptor Temporary = new(
        "RAY0001",
        "A span outlives its owner, which nothing holds",
        "Nothing keeps the value alive that this span is a part of; hold it in 'using var pinned = Ray.GetPinned(...)' and take the span from 'pinned.Value'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        Why);

    /// <summary>The owner is not used after the span.</summary>
    public static readonly DiagnosticDescriptor UnusedOwner = new(
        "RAY0002",
        "A span is used after the last use of its owner",
        "The garbage collector may take '{0}' while this span is still in use; write 'GC.KeepAlive({0})' after the last use of the span, or use 'Ray.GetPinned'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        Why);

    /// <summary>The pin is gone.</summary>
    public static readonly DiagnosticDescriptor Disposed = new(
        "RAY0003",
        "A span or memory is used after its pin was disposed of",
        "'{0}' is disposed of before this is used; use it while the pin is there, or copy it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        Why);
}
