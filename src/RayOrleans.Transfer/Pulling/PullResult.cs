using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Transfer;

/// <summary>The outcome of a pull.</summary>
public sealed class PullResult
{
    private PullResult(PullStatus status, PulledObject? pulled, string message)
    {
        Status = status;
        Object = pulled;
        Message = message;
    }

    /// <summary>How it ended.</summary>
    public PullStatus Status { get; }

    /// <summary>The object, when <see cref="Status"/> is <see cref="PullStatus.Pulled"/>. All who asked get the same; its block belongs to the sink.</summary>
    public PulledObject? Object { get; }

    /// <summary>What went wrong, with sizes and sources; empty when nothing did.</summary>
    public string Message { get; }

    /// <summary>Whether the object is here.</summary>
    [MemberNotNullWhen(true, nameof(Object))]
    public bool IsPulled => Status == PullStatus.Pulled;

    internal static PullResult Success(PulledObject pulled) => new(PullStatus.Pulled, pulled, "");

    internal static PullResult Failure(PullStatus status, string message) => new(status, null, message);
}
