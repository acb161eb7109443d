using System.Numerics.Tensors;

namespace RayOrleans;

/// <summary>
/// An immutable dense tensor in row-major order that is read in place from the object store by every process of the node.
/// (The framework's own <c>Tensor&lt;T&gt;</c> can only stand on a managed array.) Thread-safe.
/// </summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class SharedTensor<T>
    where T : unmanaged
{
    private readonly nint[] _shape;

    /// <summary>A tensor over elements in row-major order.</summary>
    /// <param name="memory">The elements; not copied here, and not to be changed any more.</param>
    /// <param name="shape">The length of each dimension, outermost first; empty for a scalar.</param>
    /// <exception cref="ArgumentException">A length is negative, or the shape does not have as many elements as the memory.</exception>
    public SharedTensor(ReadOnlyMemory<T> memory, params ReadOnlySpan<nint> shape)
    {
        long count = 1;
        foreach (nint length in shape)
        {
            if (length < 0)
            {
                throw new ArgumentException($"shape has the length {length}; lengths must be zero or positive.", nameof(shape));
            }

            count = checked(count * length);
        }

        if (count != memory.Length)
        {
            throw new ArgumentException($"shape [{string.Join(", ", shape.ToArray())}] has {count} elements, but the memory has {memory.Length}.", nameof(shape));
        }

        Memory = memory;
        _shape = shape.ToArray();
    }

    /// <summary>The elements in row-major order; valid as long as this tensor is held (see <c>Ray.GetPinned</c>).</summary>
    public ReadOnlyMemory<T> Memory { get; }

    /// <summary>The length of each dimension, outermost first.</summary>
    public ReadOnlySpan<nint> Shape => _shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => _shape.Length;

    /// <summary>The number of elements.</summary>
    public int Length => Memory.Length;

    /// <summary>One element.</summary>
    /// <param name="indexes">One index per dimension.</param>
    /// <exception cref="ArgumentException">The number of indexes is not <see cref="Rank"/>.</exception>
    /// <exception cref="IndexOutOfRangeException">An index is outside its dimension.</exception>
    public T this[params ReadOnlySpan<nint> indexes]
    {
        get
        {
            if (indexes.Length != _shape.Length)
            {
                throw new ArgumentException($"{indexes.Length} indexes were given for {_shape.Length} dimensions.", nameof(indexes));
            }

            nint position = 0;
            for (int i = 0; i < indexes.Length; i++)
            {
                if ((nuint)indexes[i] >= (nuint)_shape[i])
                {
                    throw new IndexOutOfRangeException($"Index {indexes[i]} is outside dimension {i} of length {_shape[i]}.");
                }

                position = (position * _shape[i]) + indexes[i];
            }

            return Memory.Span[(int)position];
        }
    }

    /// <summary>The tensor as a span, for the operations of <see cref="System.Numerics.Tensors"/>. Keep this object alive while the span is used.</summary>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan() => _shape.Length == 0 ? new ReadOnlyTensorSpan<T>(Memory.Span) : new ReadOnlyTensorSpan<T>(Memory.Span, _shape);

    /// <summary>The type and shape, for people.</summary>
    public override string ToString() => $"SharedTensor<{typeof(T).Name}>[{string.Join(", ", _shape)}]";
}
