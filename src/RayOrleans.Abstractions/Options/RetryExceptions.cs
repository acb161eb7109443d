using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>
/// Which exceptions of user code are retried, besides failures of the system: none (the default, or <c>false</c>), all (<c>true</c>),
/// or those of the listed types and types derived from them: <c>[typeof(IOException), typeof(TimeoutException)]</c>.
/// </summary>
[CollectionBuilder(typeof(RetryExceptions), nameof(Create))]
public readonly struct RetryExceptions : IEquatable<RetryExceptions>, IEnumerable<Type>
{
    private readonly ImmutableArray<Type> _types;

    private RetryExceptions(bool all, ImmutableArray<Type> types)
    {
        IsAll = all;
        _types = types;
    }

    /// <summary>Retries no exception of user code.</summary>
    public static RetryExceptions None => default;

    /// <summary>Retries every exception of user code.</summary>
    public static RetryExceptions All => new(all: true, []);

    /// <summary>Whether every exception is retried.</summary>
    public bool IsAll { get; }

    /// <summary>Whether no exception is retried.</summary>
    public bool IsNone => !IsAll && Types.IsEmpty;

    /// <summary>The listed types; empty for none and for all.</summary>
    public ImmutableArray<Type> Types => _types.IsDefault ? [] : _types;

    /// <summary>All or none.</summary>
    /// <param name="all">True for all exceptions, false for none.</param>
    public static implicit operator RetryExceptions(bool all) => all ? All : None;

    /// <summary>Whether two values retry the same exceptions.</summary>
    public static bool operator ==(RetryExceptions left, RetryExceptions right) => left.Equals(right);

    /// <summary>Whether two values retry different exceptions.</summary>
    public static bool operator !=(RetryExceptions left, RetryExceptions right) => !left.Equals(right);

    /// <summary>Exceptions of the given types and of types derived from them.</summary>
    /// <param name="types">Types that derive from <see cref="Exception"/>.</param>
    /// <exception cref="ArgumentException">A type is null or no exception.</exception>
    public static RetryExceptions Create(ReadOnlySpan<Type> types)
    {
        foreach (Type? type in types)
        {
            if (type is null || !typeof(Exception).IsAssignableFrom(type))
            {
                throw new ArgumentException($"retryExceptions lists {type?.FullName ?? "null"}, which is not an exception type.", "retryExceptions");
            }
        }

        return new RetryExceptions(all: false, [.. types]);
    }

    /// <summary>Whether an exception thrown by user code is to be retried.</summary>
    /// <param name="exception">What the function threw.</param>
    public bool Matches(Exception exception)
    {
        if (IsAll)
        {
            return true;
        }

        foreach (Type type in Types)
        {
            if (type.IsInstanceOfType(exception))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Enumerates the listed types.</summary>
    public IEnumerator<Type> GetEnumerator() => ((IEnumerable<Type>)Types).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(RetryExceptions other) => IsAll == other.IsAll && Types.AsSpan().SequenceEqual(other.Types.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RetryExceptions other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(IsAll);
        foreach (Type type in Types)
        {
            hash.Add(type);
        }

        return hash.ToHashCode();
    }

    /// <summary>All, none, or the list of types.</summary>
    public override string ToString() => IsAll ? "All" : IsNone ? "None" : $"[{string.Join(", ", Types.Select(t => t.Name))}]";
}
