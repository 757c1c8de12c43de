package dev.reprise.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.reprise.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ApiLayeringTest {
  @ArchTest
  static final ArchRule stateIsIndependentOfHttp =
      noClasses()
          .that()
          .resideInAPackage("..api.catalogue..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "jakarta.servlet..", "org.eclipse.jetty..");

  @ArchTest
  static final ArchRule endpointsAreIndependentOfTheServer =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.reprise.api", "..api.server..", "..api.security..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..api.server..", "..api.security..")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.api");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.reprise.api.(*)..").should().beFreeOfCycles();
}
