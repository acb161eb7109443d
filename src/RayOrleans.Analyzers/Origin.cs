using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace RayOrleans.Analyzers;

/// <summary>Where the memory behind an expression comes from.</summary>
internal static class Origin
{
    private static readonly string[] Views = ["Slice", "AsReadOnlyTensorSpan"];

    /// <summary>Whether a value of this type is a window on memory that something else keeps.</summary>
    public static bool IsWindow(ITypeSymbol? type) => type is { IsRefLikeType: true };

    /// <summary>Whether a value of this type holds memory of the store, or is a window on it.</summary>
    public static bool HoldsMemory(ITypeSymbol? type) => IsWindow(type) || IsOwner(type);

    /// <summary>Whether an expression gets an object's value: <c>Ray.Get</c>, <c>await reference</c>, <c>await Ray.GetAsync(...)</c>.</summary>
    public static bool IsGet(IOperation operation) => operation switch
    {
        IInvocationOperation call => TakesReference(call.TargetMethod, "Get"),
        IAwaitOperation { Operation: { } awaited } => IsReference(awaited.Type) || Calls(awaited).Any(c => TakesReference(c.TargetMethod, "GetAsync")),
        _ => false,
    };

    /// <summary>Whether an expression is <c>Ray.GetPinned(...)</c>.</summary>
    public static bool IsPin(IOperation operation) => operation is IInvocationOperation call && TakesReference(call.TargetMethod, "GetPinned");

    /// <summary>
    /// The expression that a window, or memory, is a part of, through members and slices; null when it is a copy, or its memory is not the store's.
    /// </summary>
    public static IOperation? Of(IOperation expression)
    {
        IOperation at = Plain(expression);
        bool wasWindow = IsWindow(at.Type);
        while (true)
        {
            IOperation? from = at switch
            {
                IPropertyReferenceOperation { Instance: { } instance, Arguments.Length: 0 } => instance,
                IFieldReferenceOperation { Instance: { } instance } => instance,
                IInvocationOperation { Instance: { } instance } call when Views.Contains(call.TargetMethod.Name) => instance,
                _ => null,
            };
            if (from is null)
            {
                return wasWindow ? null : at;
            }

            from = Plain(from);
            if (wasWindow && !IsWindow(from.Type))
            {
                if (!IsOwner(from.Type))
                {
                    return null;
                }

                wasWindow = false;
            }

            if (from.Type is IArrayTypeSymbol or { SpecialType: SpecialType.System_String })
            {
                return null;
            }

            at = from;
        }
    }

    /// <summary>Without conversions.</summary>
    public static IOperation Plain(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }

    private static bool IsOwner(ITypeSymbol? type) => type?.OriginalDefinition is { } owner && owner.ContainingNamespace?.ToDisplayString() switch
    {
        "System" => owner.Name is "ReadOnlyMemory" or "Memory",
        "RayOrleans" => owner.Name == "SharedTensor",
        { } name => name == "Apache.Arrow" || name.StartsWith("Apache.Arrow.", StringComparison.Ordinal),
        null => false,
    };

    private static System.Collections.Generic.IEnumerable<IInvocationOperation> Calls(IOperation operation)
    {
        // await Ray.GetAsync(r).ConfigureAwait(false), await Ray.GetAsync(r).AsTask().
        for (IOperation? at = Plain(operation); at is IInvocationOperation call; at = call.Instance is { } instance ? Plain(instance) : null)
        {
            yield return call;
        }
    }

    private static bool TakesReference(IMethodSymbol method, string name) =>
        method.Name == name
        && method.ContainingNamespace?.ToDisplayString() is { } @namespace
        && (@namespace == "RayOrleans" || @namespace.StartsWith("RayOrleans.", StringComparison.Ordinal))
        && method.Parameters.Length > 0
        && IsReference(method.Parameters[0].Type);

    private static bool IsReference(ITypeSymbol? type)
    {
        for (ITypeSymbol? at = type?.OriginalDefinition; at is not null; at = at.BaseType?.OriginalDefinition)
        {
            if (at.Name == "ObjectRef" && at.ContainingNamespace?.ToDisplayString() == "RayOrleans")
            {
                return true;
            }
        }

        return false;
    }
}
